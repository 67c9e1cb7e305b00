using System.Threading.Channels;

namespace Rag.Retrieval.Jobs;

/// <summary>Wakes one waiting loop of this process. A signal given while nobody waits is kept.</summary>
internal abstract class WakeSignal
{
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => signals.Writer.TryWrite(true);

    /// <summary>Completes at the next signal or when <paramref name="atMost"/> has passed.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            await signals.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
        }
    }
}

/// <summary>A job may be waiting.</summary>
internal sealed class JobSignal : WakeSignal;

/// <summary>The outbox may hold something to delete.</summary>
internal sealed class OutboxSignal : WakeSignal;
