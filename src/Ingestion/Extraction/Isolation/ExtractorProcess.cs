using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>
/// One child process and the caps it runs under: memory, time and processor time for a file and for a page, bytes of diagnostics. Whatever breaks a cap
/// ends the child; reading its pipe then ends by itself. Serves one file at a time.
/// </summary>
internal sealed class ExtractorProcess : IAsyncDisposable
{
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(100);

    private readonly Process process;
    private readonly IngestionOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Stream output;
    private readonly ErrorDrain errors;
    private readonly CancellationTokenSource ended = new();
    private readonly Task watch;
    private readonly CpuMeter cpu = new();
    private int killedFor = -1;   // a KillReason; the first one counts
    private bool greeted;

    private ExtractorProcess(Process process, IngestionOptions options, TimeProvider clock, ILogger logger)
    {
        (this.process, this.options, this.clock, this.logger) = (process, options, clock, logger);
        output = process.StandardOutput.BaseStream;
        errors = new ErrorDrain(process.StandardError.BaseStream, options.MaxExtractorErrorBytes, () => Kill(KillReason.Flood));
        watch = WatchAsync();
    }

    private enum KillReason
    {
        Cancelled,
        Flood,
        Memory,
        Time,
    }

    public int Id => process.Id;

    /// <summary>Files served so far.</summary>
    public int Served { get; private set; }

    public static ExtractorProcess Start(ExtractorLaunch launch, IngestionOptions options, TimeProvider clock, ILogger logger)
    {
        Process process = Process.Start(launch.StartInfo(options)) ?? throw new InvalidOperationException("The extractor process did not start.");
        logger.ExtractorStarted(process.Id);
        return new ExtractorProcess(process, options, clock, logger);
    }

    /// <returns>
    /// Null when all pages were delivered. <see cref="RefusalReason.ExtractorCrashed"/>, <see cref="RefusalReason.TimedOut"/> and
    /// <see cref="RefusalReason.OutOfMemory"/> mean that the child is dead; after any other reason it could serve on.
    /// </returns>
    /// <param name="scans">Takes the pictures of scanned pages; null: they are not asked for.</param>
    public async Task<RefusalReason?> ExtractAsync(FileKind kind, Stream file, long length, ScanRecogniser? scans, IExtractionSink sink, CancellationToken cancel)
    {
        await using CancellationTokenRegistration stop = cancel.Register(() => Kill(KillReason.Cancelled));
        var limits = new FlowLimits(options.MaxUnpackedBytes, options.MaxArchiveEntries);
        Task sending = SendAsync(new ExtractRequest(kind, options.MaxPages, sink.Next.Page, checked((int)length)) { Limits = limits, Pictures = scans is not null }, file, cancel);
        try
        {
            RefusalReason? outcome = await ReceiveAsync(scans, sink, cancel);
            Served++;
            return outcome;
        }
        catch (InvalidDataException)
        {
            Kill(KillReason.Flood);
            return await DeathReasonAsync(cancel);
        }
        catch
        {
            Kill(KillReason.Cancelled);   // nobody will read the rest of its pages
            throw;
        }
        finally
        {
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);   // a dead child reads no more; why it died is known
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill(KillReason.Cancelled);
        await process.WaitForExitAsync(CancellationToken.None);
        await ended.CancelAsync();
        await watch;
        await errors.DisposeAsync();
        process.Dispose();
        ended.Dispose();
    }

    private async Task SendAsync(ExtractRequest request, Stream file, CancellationToken cancel)
    {
        Stream input = process.StandardInput.BaseStream;
        await request.ToFrame().WriteToAsync(input, cancel);
        await file.CopyToAsync(input, cancel);
        await input.FlushAsync(cancel);
    }

    private async Task<RefusalReason?> ReceiveAsync(ScanRecogniser? scans, IExtractionSink sink, CancellationToken cancel)
    {
        TimeSpan left = TimeSpan.FromSeconds(options.FileTimeoutSeconds);
        int pageCount = 0, passed = 0;
        (int next, int start) = sink.Next;
        int first = next;
        scans?.Begin();   // an extractor that died before may have left half a page
        using CpuMeter.Reading metered = cpu.BeginFile();
        while (true)
        {
            cpu.BeginPage();
            long waiting = clock.GetTimestamp();
            Frame? received = await ReadAsync(left);
            left -= clock.GetElapsedTime(waiting);   // only the child's time counts, not what the parent does with a page
            switch (received)
            {
                case null:
                    return await DeathReasonAsync(cancel);
                case { Kind: FrameKind.Hello, Payload: [Frame.Version] } when !greeted:
                    greeted = true;
                    break;
                case { Kind: FrameKind.Begin, Payload: var payload } when greeted && pageCount == 0:
                    (string title, pageCount) = PageCodec.ReadBegin(payload);
                    if (pageCount > options.MaxPages)
                    {
                        throw new InvalidDataException("More pages than asked for.");
                    }

                    await sink.BeginAsync(title, pageCount, cancel);
                    break;
                case { Kind: FrameKind.Passed, Payload: [] } when pageCount > 0 && passed < Math.Min(first - 1, pageCount):
                    passed++;
                    break;
                case { Kind: FrameKind.Page, Payload: var payload } when passed == first - 1 && next <= pageCount:
                    ExtractedPage extracted = PageCodec.ReadPage(payload, next++, start);
                    extracted = scans?.Finish(extracted) ?? extracted;
                    start = checked(start + extracted.Text.Text.Length);
                    await sink.PageAsync(extracted, cancel);
                    break;
                case { Kind: FrameKind.Picture, Payload: var payload } when scans is not null && passed == first - 1 && next <= pageCount:
                    if (scans.IsAble)
                    {
                        sink.Recognising(next);
                    }

                    await scans.AddAsync(ScanPicture.Parse(payload), cancel);   // the child waits at its full pipe meanwhile: one picture at a time
                    break;
                case { Kind: FrameKind.Done, Payload: [] } when pageCount > 0 && next == pageCount + 1:
                    return null;
                case { Kind: FrameKind.Refused, Payload: [var reason] } when Enum.IsDefined((RefusalReason)reason):
                    return (RefusalReason)reason;
                default:
                    throw new InvalidDataException("A frame out of turn.");
            }
        }
    }

    private async Task<Frame?> ReadAsync(TimeSpan left)
    {
        TimeSpan patience = TimeSpan.FromSeconds(options.PageTimeoutSeconds);
        patience = left < patience ? left : patience;
        if (patience <= TimeSpan.Zero)
        {
            Kill(KillReason.Time);
        }

        // A read from a pipe cannot be abandoned everywhere; killing the writer ends it everywhere.
        await using ITimer timer = clock.CreateTimer(_ => Kill(KillReason.Time), null, patience > TimeSpan.Zero ? patience : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return await Frame.ReadFromAsync(output, CancellationToken.None);
    }

    private async Task<RefusalReason?> DeathReasonAsync(CancellationToken cancel)
    {
        Kill(KillReason.Flood);   // it may have closed its pipe and still run; a reason given before stays
        await process.WaitForExitAsync(CancellationToken.None);
        await errors.Completion;
        cancel.ThrowIfCancellationRequested();
        logger.ExtractorDied(process.Id, process.ExitCode, errors.TotalBytes);
        logger.ExtractorErrors(process.Id, errors.Tail);
        return (KillReason)killedFor switch
        {
            KillReason.Time => RefusalReason.TimedOut,
            KillReason.Memory => RefusalReason.OutOfMemory,
            _ when process.ExitCode == ExtractorHost.OutOfTime => RefusalReason.TimedOut,
            _ when process.ExitCode == ExtractorHost.OutOfMemory || errors.Tail.Contains("Out of memory", StringComparison.OrdinalIgnoreCase) => RefusalReason.OutOfMemory,
            _ => RefusalReason.ExtractorCrashed,
        };
    }

    private async Task WatchAsync()
    {
        long cap = options.ExtractorMemoryMegabytes * 1024L * 1024;
        using var timer = new PeriodicTimer(Sample, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                process.Refresh();
                if (process.HasExited)
                {
                    return;
                }

                if (process.WorkingSet64 > cap)
                {
                    Kill(KillReason.Memory);
                }

                (TimeSpan file, TimeSpan page) = cpu.Update(process.TotalProcessorTime);
                if (file > TimeSpan.FromSeconds(options.FileCpuSeconds) || page > TimeSpan.FromSeconds(options.PageCpuSeconds))
                {
                    Kill(KillReason.Time);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (InvalidOperationException)
        {
            // it ended between the two lines above
        }
    }

    private void Kill(KillReason reason)
    {
        Interlocked.CompareExchange(ref killedFor, (int)reason, -1);
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // already gone
        }
    }
}
