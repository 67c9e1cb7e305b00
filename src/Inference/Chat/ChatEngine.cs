using Rag.Inference.Chat.Drafts;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Chat;

/// <summary>
/// Writes several answers at once: each has a slot of the KV block; prompts are read one at a time in pieces, and between two pieces all answers get their next
/// token in one run. Answers join and leave between runs. Each answer is the one it would have been alone. The thread ends when there is nothing to do.
/// </summary>
internal sealed class ChatEngine : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<Generation> arrived = [];   // guarded by the gate
    private PromptTokens? warm;                       // guarded by the gate
    private Task thread = Task.CompletedTask;         // guarded by the gate
    private bool runs;                                // guarded by the gate

    private readonly KvCache cache;
    private readonly DecodeLoop[] loops;
    private readonly ChatSlots slots;
    private readonly BatchStep? step;   // null where each run copies the cache: then there is one slot
    private readonly DraftRuns? drafts;
    private readonly List<Generation> waiting = [];   // for room in the cache
    private readonly ReadPace pace;
    private readonly long budget;
    private readonly TimeProvider clock;

    /// <param name="slots">Answers at once.</param>
    /// <param name="budget">Tokens of all of them together; one answer alone may always have more.</param>
    public ChatEngine(OpenGraph graph, ModelManifest manifest, int slots, long budget, int chunk, int cacheStep, TimeProvider clock)
    {
        (this.budget, this.clock, pace) = (budget, clock, new(chunk, clock));
        var block = DecodeLoop.WritesInPlace(graph) ? DecodeLoop.Block(graph, manifest, slots, cacheStep) : null;
        cache = block ?? DecodeLoop.Cache(graph, manifest, cacheStep);
        loops = [.. Enumerable.Range(0, block?.Slots ?? 1).Select(slot => new DecodeLoop(graph, manifest, chunk, cache, slot))];
        this.slots = new(loops);
        step = block is null ? null : new(graph, manifest.VocabularySize, block, loops);
        drafts = block is null || graph.Drafts is null ? null : new(new DraftStep(graph.Drafts, manifest.VocabularySize, block, loops), manifest.ContextLength, clock);
    }

    public int Slots => slots.Count;

    /// <summary>Runs of the model that gave more than one answer its next token.</summary>
    internal long SharedSteps { get; private set; }

    /// <summary>Runs with guesses, and the tokens they gave.</summary>
    internal (long Runs, long Tokens) Guessed => drafts?.Sum ?? default;

    /// <summary>Begins an answer as soon as a slot is free.</summary>
    public void Add(Generation generation)
    {
        lock (gate)
        {
            arrived.Add(generation);
            Wake();
        }
    }

    /// <summary>Reads a prompt ahead of the request that will begin with it, while nobody waits; forgotten as soon as somebody does.</summary>
    public void Warm(PromptTokens prompt)
    {
        lock (gate)
        {
            warm = prompt;
            Wake();
        }
    }

    /// <summary>Ends when nothing is left to do.</summary>
    public Task IdleAsync()
    {
        lock (gate)
        {
            return thread;
        }
    }

    public void Dispose()
    {
        drafts?.Dispose();
        step?.Dispose();
        Array.ForEach(loops, loop => loop.Dispose());
        cache.Dispose();
    }

    // A thread of its own: answers compute for seconds, and the pool's threads serve pages.
    private void Wake()
    {
        if (!runs)
        {
            runs = true;
            thread = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Work()
    {
        while (Collect(out var ahead))
        {
            if (ahead is not null)
            {
                ReadAhead(ahead);
                continue;
            }

            Drop();
            Admit();
            ReadPrompt();
            WriteTokens();
        }
    }

    private bool Collect(out PromptTokens? ahead)
    {
        lock (gate)
        {
            waiting.AddRange(arrived);
            arrived.Clear();
            var idle = waiting.Count == 0 && !slots.AnyTaken;
            (ahead, warm) = (idle ? warm : null, null);
            return runs = !idle || ahead is not null;
        }
    }

    // Who has gone leaves between two runs.
    private void Drop()
    {
        for (var i = waiting.Count - 1; i >= 0; i--)
        {
            if (waiting[i] is { Cancel.IsCancellationRequested: true } gone)
            {
                waiting.RemoveAt(i);
                gone.Fail(new OperationCanceledException(gone.Cancel));
            }
        }

        for (var i = 0; i < slots.Count; i++)
        {
            if (slots[i].Job is { Cancel.IsCancellationRequested: true } job)
            {
                slots[i].Fail(new OperationCanceledException(job.Cancel));
            }
        }
    }

    private void Admit()
    {
        while (waiting.Count > 0)
        {
            var next = waiting[0];
            var used = slots.Reserved;
            if ((used > 0 && used + next.Reserved > budget) || !slots.AnyFree)
            {
                return;   // in order: a big one must not starve
            }

            waiting.RemoveAt(0);
            try
            {
                var free = slots.Place(next.Prompt, out var reused);
                (free.Job, next.Read, next.Reused) = (next, reused, reused);
            }
            catch (Exception error)
            {
                next.Fail(error);
            }
        }
    }

    private void ReadPrompt()
    {
        if (slots.NextToRead() is not { Job: { } job } slot)
        {
            return;
        }

        try
        {
            var next = pace.Next(job.Prompt, job.Read, slots.AnyWrites);
            var logits = pace.Read(slot.Loop, next, job.Cancel);
            job.Read += next.Length;
            if (job.Read == job.Prompt.Ids.Length && !job.Take(logits))
            {
                slot.Job = null;
            }
        }
        catch (Exception error)
        {
            slot.Fail(error);
        }
    }

    private void WriteTokens()
    {
        var (rows, last) = (0, 0);
        for (var i = 0; i < slots.Count; i++)
        {
            // One that has just read its prompt goes on here too.
            if (slots[i].Writes)
            {
                (rows, last) = (rows + 1, i);
            }
        }

        if (rows == 0 || (rows == 1 && WriteGuessed(last)))
        {
            return;
        }

        SharedSteps += rows > 1 ? 1 : 0;
        try
        {
            Step(rows);
        }
        catch (InferenceException error)
        {
            for (var i = 0; i < slots.Count; i++)
            {
                slots[i].Fail(error);
            }
        }
    }

    private void Step(int rows)
    {
        if (step is null)
        {
            Take(slots[0], loops[0].Read([slots[0].Job!.Token], CancellationToken.None));
            return;
        }

        for (var i = 0; i < slots.Count; i++)
        {
            if (slots[i].Writes)
            {
                step.Add(i, slots[i].Job!.Token);
            }
        }

        var start = clock.GetTimestamp();
        step.Run();
        if (rows == 1)
        {
            drafts?.SingleStep(clock.GetElapsedTime(start));
        }

        for (var i = 0; i < slots.Count; i++)
        {
            if (slots[i].Writes)
            {
                Take(slots[i], step.Logits(i));
            }
        }
    }

    // Alone only: beside other answers a row of the common step costs less than a run of its own, whatever it guesses.
    private bool WriteGuessed(int row)
    {
        var slot = slots[row];
        try
        {
            if (drafts is null || !drafts.TryRun(row, slot.Loop, slot.Job!, out var goesOn))
            {
                return false;
            }

            slot.Job = goesOn ? slot.Job : null;
        }
        catch (InferenceException error)
        {
            slot.Fail(error);
        }

        return true;
    }

    private static void Take(ChatSlot slot, Span<float> logits)
    {
        try
        {
            slot.Job = slot.Job!.Take(logits) ? slot.Job : null;
        }
        catch (InferenceException error)
        {
            slot.Fail(error);
        }
    }

    private void ReadAhead(PromptTokens prompt)
    {
        try
        {
            var slot = slots.Place(prompt, out var read);
            while (read < prompt.Ids.Length)
            {
                var next = pace.Next(prompt, read, othersWait: true);
                pace.Read(slot.Loop, next, CancellationToken.None);
                read += next.Length;
                lock (gate)
                {
                    if (arrived.Count > 0)
                    {
                        return;
                    }
                }
            }
        }
        catch (InferenceException)
        {
            // Nobody asked for it; the request that comes will be told.
        }
    }
}
