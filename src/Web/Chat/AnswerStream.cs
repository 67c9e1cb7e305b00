using System.Runtime.CompilerServices;

namespace Rag.Web.Chat;

/// <summary>Why an answer was ended from outside.</summary>
internal enum StopReason
{
    ByReader,

    /// <summary>Nobody watched for the whole grace.</summary>
    Abandoned,
    Shutdown,
}

/// <summary>
/// One answer in the making. Any number of pages watch it, each from its first part; when the last one leaves, the answer goes on for a
/// grace (a reload, another tab) and then stops.
/// </summary>
internal sealed class AnswerStream : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<AnswerPart> parts = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly TimeProvider clock;
    private readonly TimeSpan grace;
    private readonly ITimer abandonment;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool ended;
    private int watchers;

    public AnswerStream(TurnId turn, string caller, TimeProvider clock, TimeSpan grace)
    {
        Turn = turn;
        Caller = caller;
        this.clock = clock;
        this.grace = grace;
        abandonment = clock.CreateTimer(_ => Stop(StopReason.Abandoned), null, grace, Timeout.InfiniteTimeSpan);
        Cancellation = stopping.Token;
    }

    public TurnId Turn { get; }

    /// <summary>Key of the caller, for the limit on answers at once.</summary>
    public string Caller { get; }

    /// <summary>Cancelled by <see cref="Stop"/>.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The first reason given; null while nobody stopped the answer.</summary>
    public StopReason? Stopped { get; private set; }

    /// <summary>Only supported sentences are published, each when it is checked.</summary>
    public bool IsHeld { get; set; }

    public void Publish(AnswerPart part)
    {
        lock (gate)
        {
            if (ended)
            {
                return;
            }

            parts.Add(part);
            ended = part is AnswerPart.Ended;
            Signal();
        }
    }

    public void Stop(StopReason reason)
    {
        lock (gate)
        {
            if (ended || Stopped is not null)
            {
                return;
            }

            Stopped = reason;
        }

        stopping.Cancel();
    }

    /// <summary>All parts so far, then each as it comes, in batches; ends with the answer.</summary>
    /// <param name="textPause">After text, how long to gather more of it before the next batch; other parts are not delayed.</param>
    public async IAsyncEnumerable<IReadOnlyList<AnswerPart>> WatchAsync(TimeSpan textPause, [EnumeratorCancellation] CancellationToken cancel)
    {
        Join();
        try
        {
            for (var read = 0; ;)
            {
                AnswerPart[] batch;
                Task more;
                bool last;
                lock (gate)
                {
                    batch = [.. parts.Skip(read)];
                    more = changed.Task;
                    last = ended;
                }

                if (batch.Length > 0)
                {
                    read += batch.Length;
                    yield return batch;
                }

                if (last)
                {
                    yield break;
                }

                if (batch is [.., AnswerPart.TextDelta])
                {
                    await Task.Delay(textPause, clock, cancel);
                }

                await more.WaitAsync(cancel);
            }
        }
        finally
        {
            Leave();
        }
    }

    // The token source has no timer and is left to the collector: a late Stop may still cancel it.
    public void Dispose() => abandonment.Dispose();

    private void Join()
    {
        lock (gate)
        {
            watchers++;
            abandonment.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--watchers == 0 && !ended)
            {
                abandonment.Change(grace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Signal()
    {
        changed.SetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
