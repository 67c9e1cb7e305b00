using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>
/// Hands files to extractors. A child that served a small file well is kept warm for the next file of the same knowledge base, never for
/// another one's; after an error it is replaced. A file that ends its child gets one fresh child more.
/// </summary>
internal sealed class ExtractorPool(IOptions<IngestionOptions> settings, TimeProvider clock, ILogger<ExtractorPool> logger) : IAsyncDisposable
{
    private const int Tries = 2;
    private const int MaxServed = 100;
    private const long SmallFile = 8 * 1024 * 1024;   // a larger one may leave a large heap behind

    private readonly IngestionOptions options = settings.Value;
    private readonly List<Warm> warm = [];
    private readonly SemaphoreSlim probing = new(1);
    private ExtractorLaunch? launch;
    private bool disposed;

    /// <returns>Null when all pages were delivered, else why not.</returns>
    /// <param name="open">Opens the file from its beginning; called again for a second try.</param>
    public async Task<RefusalReason?> ExtractAsync(
        KnowledgeBaseId owner, FileKind kind, Func<Stream> open, long length, IExtractionSink sink, CancellationToken cancel)
    {
        ExtractorLaunch how = await LaunchAsync(cancel);
        if (kind == FileKind.Image)
        {
            await using Stream picture = open();
            return await new PictureReader(new OcrProgram(how, options, clock, logger), options).ReadAsync(picture, sink, cancel);
        }

        ScanRecogniser? scans = kind == FileKind.Pdf && options.Ocr != OcrEngine.Off ? new(new OcrProgram(how, options, clock, logger), options, clock) : null;

        for (int attempt = 1; ; attempt++)
        {
            ExtractorProcess extractor = await TakeAsync(owner) ?? ExtractorProcess.Start(how, options, clock, logger);
            bool fresh = extractor.Served == 0;
            bool keep = false;
            try
            {
                await using Stream file = open();
                RefusalReason? outcome = await extractor.ExtractAsync(kind, file, length, scans, sink, cancel);
                keep = outcome is null && length <= SmallFile && extractor.Served < MaxServed;
                bool again = outcome == RefusalReason.ExtractorCrashed || (outcome == RefusalReason.OutOfMemory && !fresh);
                if (!again || attempt == Tries)
                {
                    return outcome;
                }
            }
            finally
            {
                if (!keep || !Keep(extractor, owner))
                {
                    await extractor.DisposeAsync();
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Warm[] all;
        lock (warm)
        {
            disposed = true;
            all = [.. warm];
            warm.Clear();
        }

        foreach (Warm idle in all)
        {
            await idle.EndAsync();
        }

        probing.Dispose();
    }

    private async Task<ExtractorLaunch> LaunchAsync(CancellationToken cancel)
    {
        await probing.WaitAsync(cancel);
        try
        {
            if (launch is null)
            {
                launch = await ExtractorLaunch.ProbeAsync(cancel);
                logger.ExtractorIsolation(
                    launch.WithoutNetwork ? "without network" : "with network: this system offers no way to take it away",
                    launch.WithoutFiles ? "without other files and programs" : "with what this user may read and start: this system offers no way to take it away");
            }

            return launch;
        }
        finally
        {
            probing.Release();
        }
    }

    /// <summary>The warm extractor of this owner, if any. Those of others end to make room.</summary>
    private async Task<ExtractorProcess?> TakeAsync(KnowledgeBaseId owner)
    {
        Warm? mine;
        var ending = new List<Warm>();
        lock (warm)
        {
            mine = warm.Find(idle => idle.Owner == owner);
            if (mine is not null)
            {
                warm.Remove(mine);
            }
            else if (warm.Count >= Math.Max(1, options.ParallelJobs))
            {
                ending.Add(warm[0]);
                warm.RemoveAt(0);
            }
        }

        foreach (Warm idle in ending)
        {
            await idle.EndAsync();
        }

        return mine is null ? null : await mine.WakeAsync();
    }

    private bool Keep(ExtractorProcess extractor, KnowledgeBaseId owner)
    {
        lock (warm)
        {
            if (disposed || options.ExtractorIdleSeconds <= 0)
            {
                return false;
            }

            Warm? idle = null;
            ITimer timer = clock.CreateTimer(_ => Expire(idle!), null, TimeSpan.FromSeconds(options.ExtractorIdleSeconds), Timeout.InfiniteTimeSpan);
            warm.Add(idle = new Warm(extractor, owner, timer));
            return true;
        }
    }

    private void Expire(Warm idle)
    {
        lock (warm)
        {
            if (!warm.Remove(idle))
            {
                return;
            }
        }

        _ = idle.EndAsync();
    }

    private sealed record Warm(ExtractorProcess Process, KnowledgeBaseId Owner, ITimer Timer)
    {
        public async Task<ExtractorProcess> WakeAsync()
        {
            await Timer.DisposeAsync();
            return Process;
        }

        public async Task EndAsync()
        {
            await Timer.DisposeAsync();
            await Process.DisposeAsync();
        }
    }
}
