using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>In how many live passages of one knowledge base a term stands: the document frequency that the query's weights come from.</summary>
internal sealed class TermStatistic
{
    /// <summary><see cref="Knowledge.KnowledgeBase.Number"/>; never used twice.</summary>
    public int KnowledgeBase { get; set; }

    /// <summary>The term's 32-bit hash, as it stands in the sparse vectors.</summary>
    public long Term { get; set; }
    public int Passages { get; set; }
}

/// <summary>A document's part in <see cref="TermStatistic"/>, kept so that it can be taken out again exactly as it was put in.</summary>
internal sealed class DocumentTerms
{
    public DocumentId Document { get; set; }
    public int Generation { get; set; }
    public int KnowledgeBase { get; set; }

    /// <summary>Pairs of hash and number of passages, both little-endian 32 bits.</summary>
    public required byte[] Counts { get; set; }

    /// <summary>Whether the statistics hold it: true from the moment the generation is live.</summary>
    public bool Counted { get; set; }
}
