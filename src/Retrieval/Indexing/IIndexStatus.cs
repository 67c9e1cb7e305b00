namespace Rag.Retrieval.Indexing;

/// <summary>What the index that search uses holds, and what is being done to it. For the operator: names addresses and models.</summary>
public interface IIndexStatus
{
    /// <summary>Counts in the database; asks no other server, so what is said of Qdrant is as of its last comparison or failure.</summary>
    Task<IndexStatus> ReadAsync(CancellationToken cancel);
}

/// <param name="Files">Files that can be searched.</param>
/// <param name="Passages">Their passages.</param>
/// <param name="Model">Embedding model and dimensions of the stored vectors; null while nothing was ever indexed.</param>
/// <param name="Qdrant">Null: the embedded index is used.</param>
/// <param name="Takeover">Null unless another embedding model is to take over.</param>
public sealed record IndexStatus(int Files, long Passages, string? Model, QdrantStatus? Qdrant, TakeoverStatus? Takeover);

/// <param name="Url">Of its REST API.</param>
/// <param name="Error">Why it cannot be used, until it can be again; else null.</param>
/// <param name="ReachedAt">When it was last found in order; null since the start of this process: not yet.</param>
/// <param name="Comparison">The last comparison with the database; null: none yet, or nothing was ever indexed.</param>
/// <param name="Rebuilt">Knowledge bases whose passages are being written again; their questions are refused meanwhile.</param>
/// <param name="There">Passages of those that were found, of <paramref name="Expected"/>.</param>
public sealed record QdrantStatus(string Url, string? Error, DateTimeOffset? ReachedAt, QdrantComparison? Comparison, int Rebuilt, long There, long Expected);

/// <param name="Passages">In the collection, after it was repaired.</param>
/// <param name="Written">Passages that were missing.</param>
/// <param name="Deleted">Passages that had no business there.</param>
public sealed record QdrantComparison(DateTimeOffset At, string Collection, long Passages, long Written, long Deleted);

/// <param name="Done">Passages embedded by the new model, of <paramref name="All"/>. Equal while the index is being prepared.</param>
/// <param name="HeldUp">Why it does not go on for the moment; it is tried again every minute. Else null.</param>
public sealed record TakeoverStatus(string Model, int Done, int All, string? HeldUp);
