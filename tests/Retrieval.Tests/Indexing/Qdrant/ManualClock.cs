namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>
/// A clock that stands still. A test waits until something asks for a timer of a certain length, and lets it fire: so time-outs and pauses
/// are tested in no time, and their length is part of what is tested.
/// </summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets the next timer of this length fire, as soon as there is one.</summary>
    public async Task ElapseAsync(TimeSpan length, CancellationToken cancel)
    {
        while (true)
        {
            Task next;
            Timer? due;
            lock (gate)
            {
                next = changed.Task;
                due = timers.Find(timer => timer.Due == length);
                if (due is not null)
                {
                    timers.Remove(due);
                    now += length;
                }
            }

            if (due is not null)
            {
                due.Fire();
                return;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(30), cancel);   // real time, for a test that would never end
        }
    }

    public void Advance(TimeSpan time) => now += time;

    private void Set(Timer timer, TimeSpan due)
    {
        lock (gate)
        {
            timers.Remove(timer);
            timer.Due = due;
            if (due > TimeSpan.Zero)
            {
                timers.Add(timer);
                changed.TrySetResult();
                changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private sealed class Timer(ManualClock clock, Action fire) : ITimer
    {
        public TimeSpan Due { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Set(this, dueTime);
            return true;
        }

        public void Dispose() => clock.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
