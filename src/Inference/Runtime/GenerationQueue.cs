using System.Runtime.CompilerServices;

namespace Rag.Inference.Runtime;

/// <summary>Lets one generation run; a bounded number of others wait in order and see their place.</summary>
internal sealed class GenerationQueue(InferenceOptions options)
{
    private readonly Lock gate = new();
    private readonly List<Place> places = [];   // the first one runs
    private TaskCompletionSource moved = NewSignal();

    /// <summary>Requests behind the running one.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return Math.Max(0, places.Count - 1);
            }
        }
    }

    /// <summary>Takes the last place; dispose it to leave, from wherever it is.</summary>
    /// <exception cref="InferenceException">Busy: too many wait already.</exception>
    public Place Enter()
    {
        lock (gate)
        {
            if (places.Count > options.MaxQueueLength)
            {
                throw new InferenceException(InferenceFailure.Busy, $"{places.Count} questions are being answered or waiting. Try again in a moment.");
            }

            var place = new Place(this);
            places.Add(place);
            return place;
        }
    }

    private void Leave(Place place)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            if (!places.Remove(place))
            {
                return;
            }

            signal = moved;
            moved = NewSignal();
        }

        signal.SetResult();
    }

    private (int Ahead, Task Moved) Look(Place place)
    {
        lock (gate)
        {
            return (places.IndexOf(place), moved.Task);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal sealed class Place(GenerationQueue queue) : IDisposable
    {
        /// <summary>How many are ahead, at once and whenever it changes; ends behind 0, when it is this one's turn.</summary>
        public async IAsyncEnumerable<int> AheadAsync([EnumeratorCancellation] CancellationToken cancel)
        {
            var last = -1;
            while (last != 0)
            {
                var (ahead, moved) = queue.Look(this);
                if (ahead != last)
                {
                    yield return last = ahead;
                }
                else
                {
                    await moved.WaitAsync(cancel).ConfigureAwait(false);
                }
            }
        }

        public void Dispose() => queue.Leave(this);
    }
}
