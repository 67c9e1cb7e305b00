namespace Rag.Retrieval.Jobs;

/// <summary>Small files may overtake, but no file waits for ever: each is due as if it had arrived later by a handicap for its size.</summary>
internal static class QueueOrder
{
    private const double BytesPerSecond = 100_000;
    private static readonly TimeSpan LongestHandicap = TimeSpan.FromMinutes(5);

    public static DateTime DueAt(DateTime arrival, long bytes)
    {
        var handicap = TimeSpan.FromSeconds(Math.Min(bytes / BytesPerSecond, LongestHandicap.TotalSeconds));
        return arrival + handicap;
    }
}
