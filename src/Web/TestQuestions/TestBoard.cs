using System.Collections.Concurrent;
using Rag.Web.Assistants;

namespace Rag.Web.TestQuestions;

/// <summary>What the runs of this process are doing, and who asked for one. Says only which assistant; what may be seen of it, the store decides.</summary>
internal sealed class TestBoard : IDisposable
{
    private readonly ConcurrentDictionary<AssistantId, bool> asked = new();
    private readonly ConcurrentDictionary<AssistantId, TestProgress> running = new();
    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Raised on any thread.</summary>
    public event Action<AssistantId>? Changed;

    public void Ask(AssistantId assistant)
    {
        asked[assistant] = true;
        Wake();
        Changed?.Invoke(assistant);
    }

    /// <summary>A question came or went: the next look should be soon.</summary>
    public void Tell(AssistantId assistant)
    {
        Wake();
        Changed?.Invoke(assistant);
    }

    public bool IsAsked(AssistantId assistant) => asked.ContainsKey(assistant);

    public void Answered(AssistantId assistant) => asked.TryRemove(assistant, out _);

    public TestProgress? Progress(AssistantId assistant) => running.GetValueOrDefault(assistant);

    public void Report(AssistantId assistant, TestProgress? progress)
    {
        if (progress is null)
        {
            running.TryRemove(assistant, out _);
        }
        else
        {
            running[assistant] = progress;
        }

        Changed?.Invoke(assistant);
    }

    /// <summary>Until something is asked for, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan time, TimeProvider clock, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var woken = wake.WaitAsync(late.Token);
        await Task.WhenAny(woken, Task.Delay(time, clock, late.Token));
        await late.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    public void Dispose() => wake.Dispose();

    private void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }
}
