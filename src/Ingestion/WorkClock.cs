namespace Rag.Ingestion;

/// <summary>
/// How long a file takes still, from what was measured: its own pages per second of late and chunks per page so far, and how fast this process embedded lately.
/// Says nothing before it has measured. One for each attempt at a file.
/// </summary>
/// <param name="embedding">Shared by all files of this process.</param>
internal sealed class WorkClock(EmbeddingRate embedding, TimeProvider clock)
{
    private const int FewestPages = 3;
    private const int FewestChunks = 4;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);

    // A scanned page takes as long as a hundred with letters; where they change, what was long ago says nothing of what is to come.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30);

    private readonly Queue<(int Page, long At)> marks = [];   // when reading began, or pages of late were read
    private (int Page, long At) last;
    private int chunksBefore;

    /// <param name="pages">Already there when reading begins.</param>
    public void BeginReading(int pages)
    {
        marks.Clear();
        marks.Enqueue(last = (pages, clock.GetTimestamp()));
    }

    /// <summary>A page was read.</summary>
    public void Read(int page)
    {
        marks.Enqueue(last = (page, clock.GetTimestamp()));
        while (marks.Count > FewestPages + 1 && clock.GetElapsedTime(marks.ElementAt(1).At, last.At) >= Lately)
        {
            marks.Dequeue();
        }
    }

    /// <param name="chunks">Already there when embedding begins.</param>
    public void BeginEmbedding(int chunks) => chunksBefore = chunks;

    /// <summary>Of the last half minute, or of the last three pages where those took longer; null before there are as many.</summary>
    public double? PagesPerSecond
    {
        get
        {
            if (!marks.TryPeek(out var first))
            {
                return null;
            }

            int read = last.Page - first.Page;
            TimeSpan took = clock.GetElapsedTime(first.At, last.At);
            return read >= FewestPages && took >= Shortest ? read / took.TotalSeconds : null;
        }
    }

    public double? WhileReading(int page, int pageCount, int chunks)
    {
        if (PagesPerSecond is not { } pages || embedding.ChunksPerSecond is not { } rate)
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
