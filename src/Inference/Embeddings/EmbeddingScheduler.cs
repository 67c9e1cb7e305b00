namespace Rag.Inference.Embeddings;

/// <summary>Computes one vector per text (token ids, special ones included), in their order.</summary>
internal delegate Task<float[][]> EmbeddingRun(IReadOnlyList<int[]> texts);

/// <summary>
/// Composes runs from the texts of all callers, one run at a time. What a person waits for goes before every waiting text of a file, between two runs. Callers of one kind take turns; what
/// the one whose turn it is leaves of a run's budget is filled with the others' texts of about the same length. See docs/decisions/0060.
/// </summary>
/// <param name="maxTokens">Padded tokens of one run (texts × longest text); a longer text runs alone.</param>
internal sealed class EmbeddingScheduler(int maxTokens, EmbeddingRun run)
{
    // Guests may make a run a quarter longer by padding; a run of its own would cost one of a few words more than this.
    private const double MostPadding = 0.25;
    private const int FreePadding = 16;

    private readonly Lock gate = new();
    private readonly List<EmbeddingCall> urgent = [];   // in both lists: whose turn comes next stands first; without waiting texts nobody stands here
    private readonly List<EmbeddingCall> others = [];
    private EmbeddingCall? led;   // whose turn the run before was
    private bool busy;
    private long runs;
    private long padded;

    /// <summary>Callers of whose texts some wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return urgent.Count + others.Count;
            }
        }
    }

    /// <summary>Runs so far, and their tokens with the padding.</summary>
    public (long Runs, long PaddedTokens) Total
    {
        get
        {
            lock (gate)
            {
                return (runs, padded);
            }
        }
    }

    /// <summary>One vector per text, in the order of the texts. Cancelled, its texts leave the queue at once; those in a run that has begun are computed and dropped.</summary>
    /// <param name="texts">Token ids, special ones included.</param>
    /// <param name="shares">Other callers' texts may be in the same runs: only where the model's vectors do not depend on them.</param>
    public async Task<float[][]> EmbedAsync(int[][] texts, bool isUrgent, bool shares, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (texts.Length == 0)
        {
            return [];
        }

        var call = new EmbeddingCall(texts, shares);
        bool begins;
        lock (gate)
        {
            (isUrgent ? urgent : others).Add(call);
            (begins, busy) = (!busy, true);
        }

        if (begins)
        {
            _ = Task.Run(WorkAsync, CancellationToken.None);   // for all callers, so none of them can cancel it
        }

        await using var registration = cancel.Register(() =>
        {
            lock (gate)
            {
                Remove(call);
                call.Leave(cancel);
            }
        }).ConfigureAwait(false);
        return await call.Vectors.ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        while (Next() is { Count: > 0 } batch)
        {
            try
            {
                var vectors = await run(batch.ConvertAll(text => text.Tokens)).ConfigureAwait(false);
                lock (gate)
                {
                    for (var i = 0; i < batch.Count; i++)
                    {
                        batch[i].Call.Put(batch[i].Index, vectors[i]);
                    }
                }
            }
            catch (Exception error)
            {
                lock (gate)
                {
                    foreach (var call in batch.Select(text => text.Call).Distinct())
                    {
                        Remove(call);
                        call.Fail(error);
                    }
                }
            }
        }
    }

    private List<Text> Next()
    {
        lock (gate)
        {
            // Only now to the back: behind those who came during its run.
            if (led is not null && (urgent.Remove(led) ? urgent : others.Remove(led) ? others : null) is { } queue)
            {
                queue.Add(led);
            }

            led = null;
            // Runs of what a person waits for are not filled up with files: that would make them longer.
            var batch = Compose(urgent.Count > 0 ? urgent : others);
            if (batch.Count == 0)
            {
                busy = false;
                return batch;
            }

            runs++;
            padded += batch.Count * batch.Max(text => text.Tokens.Length);
            return batch;
        }
    }

    private List<Text> Compose(List<EmbeddingCall> queue)
    {
        List<Text> batch = [];
        if (queue.Count == 0)
        {
            return batch;
        }

        var (lead, longest, tokens) = (queue[0], 0, 0);
        while (lead.NextLength is { } length && (batch.Count == 0 || (batch.Count + 1) * length <= maxTokens))
        {
            Add(lead, length);
        }

        // One text of each in turn, so that as many callers as possible have something in it.
        for (var before = 0; lead.Shares && before < batch.Count;)
        {
            before = batch.Count;
            foreach (var guest in queue.Skip(1).Where(call => call.Shares))
            {
                if (guest.NextLength is { } length && Fits(length))
                {
                    Add(guest, length);
                }
            }
        }

        led = lead;
        queue.RemoveAll(call => call.NextLength is null);
        return batch;

        void Add(EmbeddingCall call, int length)
        {
            var (index, text) = call.Take();
            batch.Add(new(call, index, text));
            longest = Math.Max(longest, length);
            tokens += length;
        }

        bool Fits(int length)
        {
            var with = (batch.Count + 1) * Math.Max(longest, length);
            return with <= maxTokens && with <= ((1 + MostPadding) * (tokens + length)) + FreePadding;
        }
    }

    private void Remove(EmbeddingCall call)
    {
        urgent.Remove(call);
        others.Remove(call);
    }

    private readonly record struct Text(EmbeddingCall Call, int Index, int[] Tokens);
}
