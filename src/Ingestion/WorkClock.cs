namespace Rag.Ingestion;

/// <summary>
/// How long a file takes still, from what was measured: its own pages per second and chunks per page so far, and how fast this process embedded lately. Says
/// nothing before it has measured. One for each attempt at a file.
/// </summary>
/// <param name="embedding">Shared by all files of this process.</param>
internal sealed class WorkClock(EmbeddingRate embedding, TimeProvider clock)
{
    private const int FewestPages = 3;
    private const int FewestChunks = 4;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);

    private long readingSince;
    private int pagesBefore, chunksBefore;

    /// <param name="pages">Already there when reading begins.</param>
    public void BeginReading(int pages) => (readingSince, pagesBefore) = (clock.GetTimestamp(), pages);

    /// <param name="chunks">Already there when embedding begins.</param>
    public void BeginEmbedding(int chunks) => chunksBefore = chunks;

    public double? PagesPerSecond(int page)
    {
        int read = page - pagesBefore;
        TimeSpan took = clock.GetElapsedTime(readingSince);
        return read >= FewestPages && took >= Shortest ? read / took.TotalSeconds : null;
    }

    public double? WhileReading(int page, int pageCount, int chunks)
    {
        if (PagesPerSecond(page) is not { } pages || embedding.ChunksPerSecond is not { } rate)
        {
            return null;
        }

        double allChunks = (double)chunks / page * pageCount;
        return ((pageCount - page) / pages) + (allChunks / rate);
    }

    public double? WhileEmbedding(int done, int all) =>
        embedding.ChunksPerSecond is { } rate && (done - chunksBefore >= FewestChunks || embedding.Measured > FewestChunks) ? (all - done) / rate : null;
}

/// <summary>Chunks embedded per second in this process: an average in which the last ones count most. Waiting for questions counts: it is what will happen again.</summary>
internal sealed class EmbeddingRate
{
    private const double Forgetting = 0.02;   // of what was known, for each new chunk

    private readonly Lock gate = new();
    private double secondsPerChunk;

    /// <summary>Chunks so far.</summary>
    public int Measured { get; private set; }

    /// <summary>Null before the first.</summary>
    public double? ChunksPerSecond
    {
        get
        {
            lock (gate)
            {
                return Measured == 0 ? null : 1 / secondsPerChunk;
            }
        }
    }

    public void Add(int chunks, TimeSpan took)
    {
        if (chunks <= 0 || took <= TimeSpan.Zero)
        {
            return;
        }

        lock (gate)
        {
            double now = took.TotalSeconds / chunks;
            double weight = Measured == 0 ? 1 : 1 - Math.Pow(1 - Forgetting, chunks);
            secondsPerChunk = ((1 - weight) * secondsPerChunk) + (weight * now);
            Measured += chunks;
        }
    }
}
