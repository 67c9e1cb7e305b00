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
    // Between two tokens of a running answer somebody else's prompt may be read for about so long.
    private static readonly TimeSpan PieceTime = TimeSpan.FromMilliseconds(150);
    private const int LeastPiece = 16;

    private readonly Lock gate = new();
    private readonly List<Generation> arrived = [];   // guarded by the gate
    private PromptTokens? warm;                       // guarded by the gate
    private Task thread = Task.CompletedTask;         // guarded by the gate
    private bool runs;                                // guarded by the gate

    private readonly KvCache cache;
    private readonly DecodeLoop[] loops;
    private readonly Slot[] slots;
    private readonly BatchStep? step;   // null where each run copies the cache: then there is one slot
    private readonly DraftRuns? drafts;
    private readonly List<Generation> waiting = [];   // for room in the cache
    private readonly long budget;
    private readonly int chunk;
    private readonly TimeProvider clock;
    private double readSpeed;                         // prompt tokens per second
    private long turns;

    /// <param name="slots">Answers at once.</param>
    /// <param name="budget">Tokens of all of them together; one answer alone may always have more.</param>
    public ChatEngine(OpenGraph graph, ModelManifest manifest, int slots, long budget, int chunk, int cacheStep, TimeProvider clock)
    {
        (this.budget, this.chunk, this.clock) = (budget, chunk, clock);
        var block = DecodeLoop.WritesInPlace(graph) ? DecodeLoop.Block(graph, manifest, slots, cacheStep) : null;
        cache = block ?? DecodeLoop.Cache(graph, manifest, cacheStep);
        loops = [.. Enumerable.Range(0, block?.Slots ?? 1).Select(slot => new DecodeLoop(graph, manifest, chunk, cache, slot))];
        this.slots = [.. loops.Select(loop => new Slot(loop))];
        step = block is null ? null : new(graph, manifest.VocabularySize, block, loops);
        drafts = block is null || graph.Drafts is null ? null : new(new DraftStep(graph.Drafts, manifest.VocabularySize, block, loops), manifest.ContextLength, clock);
    }

    public int Slots => slots.Length;

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
            var idle = waiting.Count == 0 && !Array.Exists(slots, slot => slot.Job is not null);
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

        foreach (var slot in slots)
        {
            if (slot.Job is { Cancel.IsCancellationRequested: true } job)
            {
                slot.Job = null;
                job.Fail(new OperationCanceledException(job.Cancel));
            }
        }
    }

    private void Admit()
    {
        while (waiting.Count > 0)
        {
            var next = waiting[0];
            var used = 0L;
            foreach (var slot in slots)
            {
                used += slot.Job?.Reserved ?? 0;
            }

            if ((used > 0 && used + next.Reserved > budget) || !Array.Exists(slots, slot => slot.Job is null))
            {
                return;   // in order: a big one must not starve
            }

            waiting.RemoveAt(0);
            try
            {
                Place(next.Prompt, out var free, out var reused);
                (free.Job, next.Read, next.Reused) = (next, reused, reused);
            }
            catch (Exception error)
            {
                next.Fail(error);
            }
        }
    }

    // The free slot with the most to reuse, else the one left longest; what another slot may share is copied from there.
    private void Place(PromptTokens prompt, out Slot best, out int reused)
    {
        var free = slots.Where(slot => slot.Job is null)
            .OrderByDescending(slot => slot.Prefix.Reusable(prompt, slot.Loop.Tokens)).ThenBy(slot => slot.Used).First();
        var source = slots.MaxBy(slot => slot.Prefix.Reusable(prompt, slot.Loop.Tokens))!;
        reused = free.Prefix.Reusable(prompt, free.Loop.Tokens);
        var shared = source.Prefix.Reusable(prompt, source.Loop.Tokens);
        var alone = !Array.Exists(slots, slot => slot.Job is not null);
        if (shared > reused || OthersConversation(free, prompt, reused))
        {
            // Not over another conversation's slot where one is empty or older: its next turn wants it.
            var oldest = slots.Where(slot => slot.Job is null && slot != source).OrderBy(slot => slot.Used).FirstOrDefault();
            if (oldest is not null && shared > 0)
            {
                oldest.Loop.CopyFrom(source.Loop, shared);
                (free, reused) = (oldest, shared);
            }
        }

        free.Prefix.Own(prompt);
        free.Used = ++turns;
        free.Loop.Rewind(reused, prompt.Ids.Length + 1, alone);
        best = free;
    }

    private static bool OthersConversation(Slot slot, PromptTokens prompt, int reused) => reused > 0 && !slot.Prefix.IsOf(prompt.Conversation);

    private void ReadPrompt()
    {
        Slot? slot = null;
        foreach (var candidate in slots)   // no query: this runs between any two tokens, and allocates nothing
        {
            if (candidate.Job is { } reading && reading.Read < reading.Prompt.Ids.Length && (slot is null || candidate.Used < slot.Used))
            {
                slot = candidate;
            }
        }

        if (slot?.Job is not { } job)
        {
            return;
        }

        try
        {
            var others = Array.Exists(slots, Writes);
            var next = Piece(job.Prompt, job.Read, others);
            var logits = Read(slot, next, job.Cancel);
            job.Read += next.Length;
            if (job.Read == job.Prompt.Ids.Length && !job.Take(logits))
            {
                slot.Job = null;
            }
        }
        catch (Exception error)
        {
            slot.Job = null;
            job.Fail(error);
        }
    }

    private void WriteTokens()
    {
        var (rows, last) = (0, 0);
        for (var i = 0; i < slots.Length; i++)
        {
            // One that has just read its prompt goes on here too.
            if (Writes(slots[i]))
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
            foreach (var slot in slots)
            {
                slot.Job?.Fail(error);
                slot.Job = null;
            }
        }
    }

    private void Step(int rows)
    {
        if (step is null)
        {
            Take(slots[0], slots[0].Job!, loops[0].Read([slots[0].Job!.Token], CancellationToken.None));
            return;
        }

        for (var i = 0; i < slots.Length; i++)
        {
            if (Writes(slots[i]))
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

        for (var i = 0; i < slots.Length; i++)
        {
            if (Writes(slots[i]))
            {
                Take(slots[i], slots[i].Job!, step.Logits(i));
            }
        }
    }

    private static bool Writes(Slot slot) => slot.Job is { } job && job.Read == job.Prompt.Ids.Length;

    // Alone only: beside other answers a row of the common step costs less than a run of its own, whatever it guesses.
    private bool WriteGuessed(int slot)
    {
        var job = slots[slot].Job!;
        try
        {
            if (drafts is null || !drafts.TryRun(slot, slots[slot].Loop, job, out var goesOn))
            {
                return false;
            }

            slots[slot].Job = goesOn ? job : null;
        }
        catch (InferenceException error)
        {
            slots[slot].Job = null;
            job.Fail(error);
        }

        return true;
    }

    private static void Take(Slot slot, Generation job, Span<float> logits)
    {
        try
        {
            if (!job.Take(logits))
            {
                slot.Job = null;
            }
        }
        catch (InferenceException error)
        {
            slot.Job = null;
            job.Fail(error);
        }
    }

    private void ReadAhead(PromptTokens prompt)
    {
        try
        {
            Place(prompt, out var slot, out var read);
            while (read < prompt.Ids.Length)
            {
                var next = Piece(prompt, read, true);
                Read(slot, next, CancellationToken.None);
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

    private ReadOnlySpan<int> Piece(PromptTokens prompt, int from, bool othersWait)
    {
        var most = othersWait ? Math.Clamp((int)(readSpeed * PieceTime.TotalSeconds), LeastPiece, chunk) : chunk;
        var left = prompt.Ids.Length - from;
        // Not a last piece of one token: ONNX Runtime sums it in another order, and how a prompt was cut must not show in the answer.
        return prompt.Ids.AsSpan(from, left == most + 1 ? most - 1 : Math.Min(most, left));
    }

    private Span<float> Read(Slot slot, ReadOnlySpan<int> next, CancellationToken cancel)
    {
        var start = clock.GetTimestamp();
        var logits = slot.Loop.Read(next, cancel);
        var seconds = clock.GetElapsedTime(start).TotalSeconds;
        if (next.Length >= LeastPiece && seconds > 0)
        {
            readSpeed = readSpeed == 0 ? next.Length / seconds : (readSpeed + (next.Length / seconds)) / 2;
        }

        return logits;
    }

    private sealed class Slot(DecodeLoop loop)
    {
        public DecodeLoop Loop => loop;

        public PrefixCache Prefix { get; } = new();

        public Generation? Job { get; set; }

        /// <summary>The turn in which it was given away last.</summary>
        public long Used { get; set; }
    }
}
