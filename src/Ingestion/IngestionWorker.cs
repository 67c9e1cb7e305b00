using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Jobs;

namespace Rag.Ingestion;

/// <summary>Leases jobs and works on them, a few at a time. After a kill, the same worker frees what it held at once.</summary>
internal sealed class IngestionWorker(
    IJobQueue jobs, DocumentPipeline pipeline, IOptions<IngestionOptions> settings, TimeProvider clock, ILogger<IngestionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfterFault = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(1, settings.Value.ParallelJobs).Select(slot => WorkAsync(slot, stoppingToken)));

    private async Task WorkAsync(int slot, CancellationToken stopping)
    {
        // The same name after every start: what this slot held when it was killed is known to be abandoned.
        string owner = string.Create(CultureInfo.InvariantCulture, $"{settings.Value.WorkerName}/{slot}");
        bool released = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!released)
                {
                    await jobs.ReleaseOwnedAsync(owner, stopping);
                    released = true;
                }

                if (await jobs.TryLeaseAsync(owner, stopping) is { } lease)
                {
                    await pipeline.RunAsync(lease, stopping);
                }
                else
                {
                    await jobs.WaitForWorkAsync(stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.QueueUnreachable(exception);
                await Task.Delay(RetryAfterFault, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
