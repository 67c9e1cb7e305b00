using Microsoft.Extensions.Logging;
using Rag.Retrieval.Jobs;

namespace Rag.Ingestion;

/// <summary>
/// Renews a lease while work goes on, whatever the work waits for, and writes progress with it. Its token ends the work when the lease is
/// lost, the owner cancels, or the worker stops.
/// </summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly IJobQueue jobs;
    private readonly JobLease lease;
    private readonly TimeSpan renewEvery;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CancellationTokenSource work;
    private readonly CancellationTokenSource ended = new();
    private readonly Task renewing;
    private Reported reported;
    private int state = (int)LeaseState.Held;

    public LeaseKeeper(IJobQueue jobs, JobLease lease, IngestionProgress progress, TimeSpan renewEvery, TimeProvider clock, ILogger logger, CancellationToken stopping)
    {
        (this.jobs, this.lease, this.renewEvery, this.clock, this.logger, reported) = (jobs, lease, renewEvery, clock, logger, new(progress, clock.GetTimestamp()));
        work = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        renewing = RenewAsync();
    }

    /// <summary>Cancelled when nothing more may be done on this document.</summary>
    public CancellationToken Work => work.Token;

    public LeaseState State => (LeaseState)state;

    /// <summary>Written at the next tick, a quarter of a second away at most.</summary>
    public void Report(IngestionProgress now) => Volatile.Write(ref reported, new(now, clock.GetTimestamp()));

    /// <summary>Takes what a guarded write found; anything but held ends the work.</summary>
    /// <exception cref="OperationCanceledException">The lease is not held any more.</exception>
    public void Require(LeaseState found)
    {
        if (found != LeaseState.Held)
        {
            Interlocked.CompareExchange(ref state, (int)found, (int)LeaseState.Held);
            work.Cancel();
        }

        work.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Ends renewing; the last renewal is over when this returns.</summary>
    public async Task StopAsync()
    {
        await ended.CancelAsync();
        await renewing;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        work.Dispose();
        ended.Dispose();
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Tick, clock);
        Reported? written = null;
        long writtenAt = 0;
        try
        {
            do
            {
                Reported now = Volatile.Read(ref reported);
                if (now.Progress == written?.Progress && clock.GetElapsedTime(writtenAt) < renewEvery)
                {
                    continue;
                }

                (written, writtenAt) = (now, clock.GetTimestamp());
                LeaseState found = await TryRenewAsync(Aged(now));
                if (found != LeaseState.Held)
                {
                    Interlocked.CompareExchange(ref state, (int)found, (int)LeaseState.Held);
                    await work.CancelAsync();
                    return;
                }
            }
            while (await timer.WaitForNextTickAsync(ended.Token));
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            // the work is over; how the last renewal ended is of no interest
        }
    }

    /// <summary>What was expected some time ago is nearer by now; where that time has passed nobody knows.</summary>
    private IngestionProgress Aged(Reported report) =>
        report.Progress.SecondsLeft - clock.GetElapsedTime(report.At).TotalSeconds is { } left ? report.Progress with { SecondsLeft = left > 0 ? left : null } : report.Progress;

    /// <summary>A database that is busy for a moment costs one renewal, not the work; the fence guards what comes after a lapse.</summary>
    private async Task<LeaseState> TryRenewAsync(IngestionProgress now)
    {
        try
        {
            return await jobs.RenewAsync(lease, now, ended.Token);
        }
        catch (Exception exception) when (!ended.IsCancellationRequested)
        {
            logger.RenewalFailed(exception, lease.Document);
            return LeaseState.Held;
        }
    }

    private sealed record Reported(IngestionProgress Progress, long At);
}
