namespace Rag.Retrieval.Search;

/// <summary>
/// Ranks sentences by how likely a language model finds the question after each (query likelihood). Optional: composition roots that have such a
/// model adapt and register it; without one, evidence keeps its order.
/// </summary>
public interface IEvidenceRanker
{
    /// <param name="question">As it was asked.</param>
    /// <param name="sentences">Each is read as it stands, with whatever heading the caller put before it. The time grows with their total length.</param>
    /// <param name="cancel">Also stops in the middle; the caller's time budget belongs here.</param>
    /// <returns>
    /// Per sentence the mean of ln p(token of the question): at most 0, greater is better, comparable within one call only.
    /// Null: no ranking now, because the model is missing, failed, or too many wait.
    /// </returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/>.</exception>
    Task<IReadOnlyList<double>?> ScoreAsync(string question, IReadOnlyList<string> sentences, CancellationToken cancel);
}
