namespace Rag.Retrieval.Knowledge;

/// <summary>How long a file takes still, as its worker measured it.</summary>
internal static class RemainingTime
{
    /// <summary>A worker that is alive says anew what it expects at least this often.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>
    /// What the worker expected, less the time that has passed since; never less than a second while there is work. Null when its worker has not been heard of for a
    /// while: then nobody knows.
    /// </summary>
    public static double? Estimate(Document document, DateTime now) =>
        document is { State: DocumentState.Extracting or DocumentState.Chunking or DocumentState.Embedding or DocumentState.Indexing, SecondsLeft: { } left, ProgressAt: { } last } && now - last < Silence
            ? Math.Max(1, left - (now - last).TotalSeconds)
            : null;
}
