namespace Rag.Retrieval.Knowledge;

/// <summary>
/// What search needs to know of one knowledge base as a whole. Counts cover live generations only and change in the transactions that
/// publish or delete, so one tenant's files never shift another's scores.
/// </summary>
internal sealed class KnowledgeBase
{
    /// <summary>Short name in the full-text index: each term there starts with it.</summary>
    public int Number { get; set; }
    public KnowledgeBaseId Id { get; set; }

    /// <summary>Grows with each publish and delete; processes compare it to know whether the vectors in their memory are current.</summary>
    public long Version { get; set; }

    /// <summary>N of BM25.</summary>
    public int PassageCount { get; set; }

    /// <summary>Total length of BM25; divided by N it is the average.</summary>
    public long TermCount { get; set; }

    /// <summary>The owner's own measures for cutting files, in word pieces; null: the configured ones.</summary>
    public int? ChunkTokens { get; set; }
    public int? PrefixTokens { get; set; }
}
