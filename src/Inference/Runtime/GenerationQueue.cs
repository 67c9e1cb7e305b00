using System.Runtime.CompilerServices;

namespace Rag.Inference.Runtime;

/// <summary>
/// Lets a few generations run at once; a bounded number of others wait and see their place. Those who wait take turns by share: a share's second request stands behind
/// everybody's first (start-time fair queueing, Goyal et al. 1996, with requests of cost 1).
/// </summary>
internal sealed class GenerationQueue(InferenceOptions options, TimeProvider? clock = null)
{
    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly Lock gate = new();
    private readonly List<Place> places = [];   // the running ones, then the waiting ones by round, within a round by arrival
    private int width = 1;
    private long round;                         // of the newest running one
    private double? seconds;                    // that one runs, smoothed
    private TaskCompletionSource moved = NewSignal();

    /// <summary>Requests behind the running ones.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return Math.Max(0, places.Count - width);
            }
        }
    }

    /// <summary>How many may run at once; 1 until somebody knows better.</summary>
    public void Widen(int slots)
    {
        TaskCompletionSource? signal = null;
        lock (gate)
        {
            if (slots > width)
            {
                width = slots;
                StartNext();
                signal = Signal();
            }
        }

        signal?.SetResult();
    }

    /// <summary>Takes a place; dispose it to leave, from wherever it is.</summary>
    /// <param name="share">Who asks; null: all of those together are one.</param>
    /// <exception cref="InferenceException">Busy: too many wait already.</exception>
    public Place Enter(string? share = null)
    {
        TaskCompletionSource signal;
        Place place;
        lock (gate)
        {
            if (places.Count >= width + options.MaxQueueLength)
            {
                throw new InferenceException(InferenceFailure.Busy, $"{places.Count} questions are being answered or waiting. Try again in a moment.");
            }

            var own = places.Where(other => other.Share == share).Select(other => other.Round + 1).DefaultIfEmpty(0).Max();
            place = new Place(this, share, Math.Max(round, own));
            var at = places.FindIndex(other => other.Started is null && other.Round > place.Round);
            places.Insert(at < 0 ? places.Count : at, place);
            StartNext();
            signal = Signal();   // somebody may have been overtaken
        }

        signal.SetResult();
        return place;
    }

    /// <summary>About how long until the turn of one who has so many ahead; null before the first has run.</summary>
    public TimeSpan? Estimate(int ahead)
    {
        lock (gate)
        {
            return seconds is { } each ? TimeSpan.FromSeconds(each * ahead / width) : null;
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

            if (place.Started is { } start)
            {
                var took = clock.GetElapsedTime(start).TotalSeconds;
                seconds = seconds is { } before ? (0.7 * before) + (0.3 * took) : took;
            }

            StartNext();
            signal = Signal();
        }

        signal.SetResult();
    }

    private void StartNext()
    {
        for (var i = 0; i < Math.Min(width, places.Count); i++)
        {
            if (places[i].Started is null)
            {
                places[i].Started = clock.GetTimestamp();
                round = Math.Max(round, places[i].Round);
            }
        }
    }

    private (int Ahead, Task Moved) Look(Place place)
    {
        lock (gate)
        {
            return (Math.Max(0, places.IndexOf(place) - width + 1), moved.Task);
        }
    }

    private TaskCompletionSource Signal()
    {
        var signal = moved;
        moved = NewSignal();
        return signal;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal sealed class Place(GenerationQueue queue, string? share, long round) : IDisposable
    {
        public string? Share => share;

        public long Round => round;

        /// <summary>When its turn came; null before.</summary>
        public long? Started { get; set; }

        /// <summary>How many must leave first, at once and whenever it changes; ends behind 0, when it is this one's turn.</summary>
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
