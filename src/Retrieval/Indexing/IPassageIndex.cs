using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <param name="Row">The chunk's row in the database.</param>
/// <param name="Terms">Terms of the indexed text, repeated as often as they occur.</param>
internal sealed record IndexedPassage(long Row, IReadOnlyList<string> Terms);

/// <summary>A passage before its row is written: all that an index outside the database needs.</summary>
/// <param name="Vector">L2-normalised passage embedding.</param>
internal sealed record StagedPassage(int Ordinal, ReadOnlyMemory<float> Vector, IReadOnlyList<string> Terms);

/// <param name="Vector">L2-normalised query embedding. Empty: the dense list is left out, because the stored vectors come from another model.</param>
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
/// by the same code. There is no search without a scope. An index in the database writes in the caller's transaction (the methods that take
/// a <see cref="KnowledgeDbContext"/>); one outside is called before and after it, and need not know whether it was committed: what is not
/// in SQL as live is never shown, and is deleted in time.
/// </summary>
internal interface IPassageIndex
{
    /// <summary>Sends passages of a generation that is not live yet, before the transaction that stores them. Repeats harmlessly; waits while the index is away.</summary>
    Task StageAsync(KnowledgeScope scope, DocumentId document, int generation, IReadOnlyList<StagedPassage> passages, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Writes passages of a generation that is not live yet, or repairs those of a live one. In the caller's transaction; repeats harmlessly.</summary>
    Task UpsertAsync(KnowledgeDbContext db, KnowledgeScope scope, IReadOnlyList<IndexedPassage> passages, CancellationToken cancel);

    /// <summary>Before the transaction that makes a generation live: the index holds its first <paramref name="passages"/> ordinals and no others when this returns.</summary>
    Task ConfirmAsync(KnowledgeScope scope, DocumentId document, int generation, int passages, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>In the transaction that makes a generation live.</summary>
    Task GoLiveAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, DocumentId document, int generation, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>In the transaction that deletes a document, or the whole knowledge base where <paramref name="document"/> is null.</summary>
    Task WithdrawAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, DocumentId? document, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Deletes what is no longer live from an index outside the database, before its rows are deleted.</summary>
    /// <param name="generation">Null: all generations.</param>
    Task ForgetAsync(KnowledgeBaseId knowledgeBase, DocumentId document, int? generation, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Deletes passages that are no longer live. In the caller's transaction.</summary>
    Task DeleteAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, IReadOnlyList<long> rows, CancellationToken cancel);

    /// <summary>Before the stored vectors are replaced by <see cref="NextVector"/>: an index outside the database is filled with these, beside what it has.</summary>
    Task PrepareTakeoverAsync(EmbedderName next, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Every stored vector was replaced by another model's: whatever was derived from vectors is dropped, in memory and on disk.</summary>
    Task VectorsReplacedAsync(CancellationToken cancel);

    Task<IndexAnswer> SearchAsync(KnowledgeScope scope, IndexQuery query, CancellationToken cancel);
}
