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

    /// <param name="spent">By the child since its start.</param>
    /// <returns>What of it the file and the page at hand took; zero between two files.</returns>
    public (TimeSpan File, TimeSpan Page) Update(TimeSpan spent)
    {
        lock (gate)
        {
            total = spent;
            return reading ? (total - atFile, total - atPage) : (TimeSpan.Zero, TimeSpan.Zero);
        }
    }

    public Reading BeginFile()
    {
        lock (gate)
        {
            (atFile, atPage, reading) = (total, total, true);
        }

        return new Reading(this);
    }

    public void BeginPage()
    {
        lock (gate)
        {
            atPage = total;
        }
    }

    /// <summary>The file ends with it.</summary>
    public readonly struct Reading(CpuMeter meter) : IDisposable
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
