namespace Rag.Inference.Embeddings;

/// <summary>Lets one run at a time through; what a person waits for goes before every waiting batch of a file.</summary>
internal sealed class EmbeddingGate
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> urgent = new();
    private readonly Queue<TaskCompletionSource> others = new();
    private bool busy;

    /// <summary>Waiting runs.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return urgent.Concat(others).Count(w => !w.Task.IsCompleted);
            }
        }
    }

    /// <summary>Waits for the turn; dispose the result to pass it on.</summary>
    public async Task<IDisposable> EnterAsync(bool isUrgent, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        TaskCompletionSource turn;
        lock (gate)
        {
            if (!busy)
            {
                busy = true;
                return new Turn(this);
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (isUrgent ? urgent : others).Enqueue(turn);
        }

        // Whoever comes first decides: a cancelled waiter is stepped over by Leave, a chosen one cannot be cancelled any more.
        await using var registration = cancel.Register(() => turn.TrySetCanceled(cancel)).ConfigureAwait(false);
        await turn.Task.ConfigureAwait(false);
        return new Turn(this);
    }

    private void Leave()
    {
        lock (gate)
        {
            while (urgent.TryDequeue(out var next) || others.TryDequeue(out next))
            {
                if (next.TrySetResult())
                {
                    return;
                }
            }

            busy = false;
        }
    }

    private sealed class Turn(EmbeddingGate owner) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                owner.Leave();
            }
        }
    }
}
