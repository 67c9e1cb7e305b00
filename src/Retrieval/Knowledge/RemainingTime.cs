namespace Rag.Retrieval.Knowledge;

/// <summary>
/// Seconds until a file is done, from the rate at which its own chunks were embedded so far. Embedding takes nearly all the time;
/// before it begins the number of chunks is unknown, and so is the rest.
/// </summary>
internal static class RemainingTime
{
    private const int FewestChunks = 4;
    private const int FewestPages = 3;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Measured over this file's own pages so far; null unless it is being read and a second and a few pages have passed.</summary>
    public static double? PagesPerSecond(Document document)
    {
        var done = document.PagesDone - document.PagesAtStateSince;
        return document is { State: DocumentState.Extracting, ProgressAt: { } last } && done >= FewestPages && last - document.StateSince >= Shortest
            ? done / (last - document.StateSince).TotalSeconds
            : null;
    }

    public static double? Estimate(Document document, DateTime now)
    {
        var done = document.ChunksDone - document.ChunksAtStateSince;
        if (document.State != DocumentState.Embedding || document.ChunkCount is not { } all || document.ProgressAt is not { } last
            || done < FewestChunks || last - document.StateSince < Shortest)
        {
            return null;
        }

        var secondsPerChunk = (last - document.StateSince).TotalSeconds / done;
        var rest = (secondsPerChunk * (all - document.ChunksDone)) - (now - last).TotalSeconds;
        return Math.Max(1, rest);
    }
}
