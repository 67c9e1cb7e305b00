namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>
/// How much processor time a child has spent on its file and on its page, as of the last sample. One thread samples, another one says where it is.
/// What falls between two samples goes to the page that is begun later, so a page never pays for more than one sample of the page before.
/// </summary>
internal sealed class CpuMeter
{
    private readonly Lock gate = new();
    private TimeSpan total, atFile, atPage;
    private bool reading;

    /// <summary>Zero between two files.</summary>
    public TimeSpan OfFile
    {
        get
        {
            lock (gate)
            {
                return reading ? total - atFile : TimeSpan.Zero;
            }
        }
    }

    /// <inheritdoc cref="OfFile"/>
    public TimeSpan OfPage
    {
        get
        {
            lock (gate)
            {
                return reading ? total - atPage : TimeSpan.Zero;
            }
        }
    }

    /// <param name="spent">By the child since its start.</param>
    public void Update(TimeSpan spent)
    {
        lock (gate)
        {
            total = spent;
        }
    }

    public File BeginFile()
    {
        lock (gate)
        {
            (atFile, atPage, reading) = (total, total, true);
        }

        return new File(this);
    }

    public void BeginPage()
    {
        lock (gate)
        {
            atPage = total;
        }
    }

    /// <summary>The file ends with it.</summary>
    public readonly struct File(CpuMeter meter) : IDisposable
    {
        public void Dispose()
        {
            lock (meter.gate)
            {
                meter.reading = false;
            }
        }
    }
}
