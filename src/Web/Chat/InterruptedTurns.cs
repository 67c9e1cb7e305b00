namespace Rag.Web.Chat;

/// <summary>At start: answers that the last run left in the making will not go on, and say so. The database must be migrated before.</summary>
internal sealed class InterruptedTurns(TurnRecorder recorder, ILogger<InterruptedTurns> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await recorder.InterruptAllAsync(cancellationToken) is > 0 and var count)
        {
            log.MarkedInterrupted(count);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
