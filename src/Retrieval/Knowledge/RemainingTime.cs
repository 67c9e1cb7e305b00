namespace Rag.Retrieval.Knowledge;

/// <summary>How long a file takes still, as its worker measured it.</summary>
internal static class RemainingTime
{
    /// <summary>What the worker expected, less the time that has passed since; never less than a second while there is work.</summary>
    public static double? Estimate(Document document, DateTime now) =>
        document is { State: DocumentState.Extracting or DocumentState.Chunking or DocumentState.Embedding or DocumentState.Indexing, SecondsLeft: { } left, ProgressAt: { } last }
            ? Math.Max(1, left - (now - last).TotalSeconds)
            : null;
}
