using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <param name="Row">The chunk's row in the database.</param>
/// <param name="Terms">Terms of the indexed text, repeated as often as they occur.</param>
internal sealed record IndexedPassage(long Row, IReadOnlyList<string> Terms);

/// <param name="Vector">L2-normalised query embedding.</param>
/// <param name="Terms">Distinct terms of the question.</param>
/// <param name="Limit">Length of each list.</param>
internal sealed record IndexQuery(ReadOnlyMemory<float> Vector, IReadOnlyList<string> Terms, int Limit);

/// <summary>A passage in one list; the list's order is its rank.</summary>
internal readonly record struct IndexHit(long Row, double Score);

/// <param name="TermWeights">Inverse document frequency of each term of the query in this knowledge base, also of terms it does not hold.</param>
internal sealed record IndexAnswer(
    IReadOnlyList<IndexHit> Dense, IReadOnlyList<IndexHit> Lexical, IReadOnlyDictionary<string, double> TermWeights, int PassageCount, int FileCount)
{
    public static readonly IndexAnswer Nothing = new([], [], new Dictionary<string, double>(), 0, 0);
}

/// <summary>
/// Finds passages of one knowledge base by vector and by words. Both lists come back unfused, so that every implementation is fused
/// by the same code. There is no search without a scope.
/// </summary>
internal interface IPassageIndex
{
    /// <summary>Writes passages of a generation that is not live yet. Runs in the caller's transaction where the index lives in the same database.</summary>
    Task UpsertAsync(KnowledgeDbContext db, KnowledgeScope scope, IReadOnlyList<IndexedPassage> passages, CancellationToken cancel);

    /// <summary>Deletes passages that are no longer live.</summary>
    Task DeleteAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, IReadOnlyList<long> rows, CancellationToken cancel);

    Task<IndexAnswer> SearchAsync(KnowledgeScope scope, IndexQuery query, CancellationToken cancel);
}
