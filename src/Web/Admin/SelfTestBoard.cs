using Rag.Web.Access;
using Rag.Web.Shell;

namespace Rag.Web.Admin;

public enum SelfTestState
{
    NotRun,
    Running,
    Done,
    Cancelled,
    Failed,
}

/// <summary>The last self-test, or the running one.</summary>
/// <param name="At">UTC. When it began; null where none did.</param>
/// <param name="Lines">What it found; empty before its end.</param>
public sealed record SelfTestView(SelfTestState State, DateTimeOffset? At, IReadOnlyList<StatusLine> Lines)
{
    internal static SelfTestView None { get; } = new(SelfTestState.NotRun, null, []);
}

/// <summary>Runs the self-tests in the background, one run at a time, for administrators alone.</summary>
internal sealed class SelfTestBoard(
    IEnumerable<ISelfTest> tests, AccessPolicy policy, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<SelfTestBoard> log)
{
    private readonly Lock gate = new();
    private SelfTestView view = SelfTestView.None;
    private CancellationTokenSource? running;

    /// <summary>Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Null: not the caller's to see.</summary>
    public async Task<SelfTestView?> ReadAsync(Caller caller, CancellationToken cancel) => await policy.IsAdministratorAsync(caller, cancel) ? Volatile.Read(ref view) : null;

    /// <summary>False: one is running. Null: not the caller's to start.</summary>
    public async Task<bool?> StartAsync(Caller caller, CancellationToken cancel)
    {
        if (!await policy.IsAdministratorAsync(caller, cancel))
        {
            return null;
        }

        CancellationTokenSource stop;
        lock (gate)
        {
            if (running is not null)
            {
                return false;
            }

            stop = running = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
            view = new(SelfTestState.Running, clock.GetUtcNow(), []);
        }

        Changed?.Invoke();
        _ = Task.Run(() => RunAsync(stop), CancellationToken.None);
        return true;
    }

    /// <summary>Ends a running one soon; one that has ended stays. False: not the caller's to end.</summary>
    public async Task<bool> CancelAsync(Caller caller, CancellationToken cancel)
    {
        if (!await policy.IsAdministratorAsync(caller, cancel))
        {
            return false;
        }

        await Volatile.Read(ref running).EndAsync();
        return true;
    }

    private async Task RunAsync(CancellationTokenSource stop)
    {
        var lines = new List<StatusLine>();
        var state = SelfTestState.Done;
        try
        {
            foreach (var test in tests)
            {
                lines.AddRange(await test.RunAsync(stop.Token));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            state = SelfTestState.Cancelled;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            log.SelfTestFailed(failure);
            state = SelfTestState.Failed;
        }

        lock (gate)
        {
            view = new(state, view.At, lines);
            running = null;
            stop.Dispose();
        }

        Changed?.Invoke();
    }
}
