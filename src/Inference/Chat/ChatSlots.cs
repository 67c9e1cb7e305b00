namespace Rag.Inference.Chat;

/// <summary>The slots of the KV cache and whose answer is in which; a new prompt gets the one with the most to reuse.</summary>
internal sealed class ChatSlots(DecodeLoop[] loops)
{
    private readonly ChatSlot[] slots = [.. loops.Select(loop => new ChatSlot(loop))];
    private long turns;

    public int Count => slots.Length;

    public ChatSlot this[int slot] => slots[slot];

    public bool AnyFree => Array.Exists(slots, slot => slot.Job is null);

    public bool AnyTaken => Array.Exists(slots, slot => slot.Job is not null);

    /// <summary>Somebody waits for the next token.</summary>
    public bool AnyWrites => Array.Exists(slots, slot => slot.Writes);

    /// <summary>Tokens that the running answers may come to.</summary>
    public long Reserved
    {
        get
        {
            var sum = 0L;
            foreach (var slot in slots)
            {
                sum += slot.Job?.Reserved ?? 0;
            }

            return sum;
        }
    }

    /// <summary>The one whose prompt is to be read next: first come, first read. Null: all are read.</summary>
    public ChatSlot? NextToRead()
    {
        ChatSlot? next = null;
        foreach (var slot in slots)   // no query: this runs between any two tokens, and allocates nothing
        {
            if (slot.Job is { } job && job.Read < job.Prompt.Ids.Length && (next is null || slot.Used < next.Used))
            {
                next = slot;
            }
        }

        return next;
    }

    /// <summary>The free slot with the most to reuse, else the one left longest; what another slot may share is copied from there. One must be free.</summary>
    /// <param name="reused">Tokens of the prompt that are in it.</param>
    /// <exception cref="InferenceException">No memory for the prompt.</exception>
    public ChatSlot Place(PromptTokens prompt, out int reused)
    {
        var free = slots.Where(slot => slot.Job is null)
            .OrderByDescending(slot => slot.Prefix.Reusable(prompt, slot.Loop.Tokens)).ThenBy(slot => slot.Used).First();
        var source = slots.MaxBy(slot => slot.Prefix.Reusable(prompt, slot.Loop.Tokens))!;
        reused = free.Prefix.Reusable(prompt, free.Loop.Tokens);
        var shared = source.Prefix.Reusable(prompt, source.Loop.Tokens);
        var alone = !AnyTaken;
        if (shared > reused || (reused > 0 && !free.Prefix.IsOf(prompt.Conversation)))
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
        return free;
    }
}

/// <summary>One slot of the KV cache.</summary>
internal sealed class ChatSlot(DecodeLoop loop)
{
    public DecodeLoop Loop => loop;

    public PrefixCache Prefix { get; } = new();

    public Generation? Job { get; set; }

    /// <summary>The turn in which it was given away last.</summary>
    public long Used { get; set; }

    /// <summary>The prompt is read, the answer not at its end.</summary>
    public bool Writes => Job is { } job && job.Read == job.Prompt.Ids.Length;

    /// <summary>Ends the answer with an error.</summary>
    public void Fail(Exception error)
    {
        Job?.Fail(error);
        Job = null;
    }
}
