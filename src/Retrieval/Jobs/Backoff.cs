namespace Rag.Retrieval.Jobs;

/// <summary>When a job is tried again that failed for a cause that may pass: a full disk, a busy database, a missing model.</summary>
internal static class Backoff
{
    private const double Factor = 3;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    public static TimeSpan Longest { get; } = TimeSpan.FromMinutes(5);

    /// <param name="failures">So far, this one included; from 1.</param>
    public static TimeSpan After(int failures) =>
        TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(Factor, failures - 1)));
}
