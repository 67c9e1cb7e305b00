using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rag.Inference.Chat.Drafts;

/// <summary>
/// Reads a token and those that are thought to follow it in one run of a graph made by <see cref="DraftGraph"/>, in one slot: the logits behind each of them are to the
/// bit those of single steps. Bound once per slot and capacity. The session belongs to it.
/// </summary>
internal sealed class DraftStep : IDisposable
{
    private readonly InferenceSession session;
    private readonly KvBlock block;
    private readonly DecodeLoop[] slots;
    private readonly OrtIoBinding?[] bindings;   // by slot
    private readonly RunOptions run = new();
    private readonly OrtValue logits;            // (1, tokens, vocabulary)
    private readonly int vocabularySize;
    private readonly long[] ids;                 // pinned, as the others; (1, tokens)
    private readonly long[] keep = GC.AllocateArray<long>(1, pinned: true);
    private readonly long[] positions;           // (1, tokens)
    private long[] mask = [];                    // (1, capacity)
    private int ones;
    private int version;

    public DraftStep(InferenceSession session, int vocabularySize, KvBlock block, DecodeLoop[] slots)
    {
        (this.session, this.vocabularySize, this.block, this.slots) = (session, vocabularySize, block, slots);
        var tokens = Tokens = DraftRuns.Tokens;
        keep[0] = tokens;
        ids = GC.AllocateArray<long>(tokens, pinned: true);
        positions = GC.AllocateArray<long>(tokens, pinned: true);
        bindings = new OrtIoBinding?[slots.Length];
        logits = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [1, tokens, vocabularySize]);
    }

    /// <summary>Tokens of one run: the certain one and the most that can be guessed.</summary>
    public int Tokens { get; }

    /// <summary>Runs the slot's next token and the guesses behind it; none of them is listed as read: that is for <see cref="DecodeLoop.Append"/>, for each that was right.</summary>
    /// <param name="token">The certain one.</param>
    /// <param name="guesses">At most <see cref="Tokens"/> − 1; the context must have room for a whole run.</param>
    /// <exception cref="InferenceException">Failed.</exception>
    public void Run(int slot, int token, ReadOnlySpan<int> guesses)
    {
        for (var i = 0; i < Tokens; i++)
        {
            ids[i] = i == 0 ? token : i <= guesses.Length ? guesses[i - 1] : 0;
            positions[i] = slots[slot].Count + i;
        }

        var total = slots[slot].Count + Tokens;
        block.Grow(total);
        if (version != block.Version)
        {
            Rebind();
        }

        Mask(total);
        try
        {
            session.RunWithBinding(run, bindings[slot] ??= Bind(slot));
        }
        catch (OnnxRuntimeException error)
        {
            throw new InferenceException(InferenceFailure.Failed, $"The chat model failed: {error.Message}", error);
        }
    }

    /// <summary>What follows the token at that place of the last run; the caller may change it.</summary>
    public Span<float> Logits(int place) => logits.GetTensorMutableDataAsSpan<float>().Slice(place * vocabularySize, vocabularySize);

    public void Dispose()
    {
        Array.ForEach(bindings, binding => binding?.Dispose());
        logits.Dispose();
        run.Dispose();
        session.Dispose();
    }

    private void Mask(int total)
    {
        if (total > ones)
        {
            mask.AsSpan(ones..total).Fill(1);
        }
        else
        {
            mask.AsSpan(total..ones).Clear();
        }

        ones = total;
    }

    private void Rebind()
    {
        for (var i = 0; i < bindings.Length; i++)
        {
            bindings[i]?.Dispose();
            bindings[i] = null;
        }

        mask = GC.AllocateArray<long>(block.Capacity, pinned: true);
        ones = 0;
        version = block.Version;
    }

    private OrtIoBinding Bind(int slot)
    {
        var made = session.CreateIoBinding();
        Input("input_ids", ids, [1, Tokens]);
        Input("attention_mask", mask, [1, block.Capacity]);
        if (session.InputMetadata.ContainsKey("num_logits_to_keep"))
        {
            Input("num_logits_to_keep", keep, []);
        }

        if (session.InputMetadata.ContainsKey("position_ids"))
        {
            Input("position_ids", positions, [1, Tokens]);
        }

        made.BindOutput("logits", logits);
        block.BindChain(made, slot, Tokens);
        return made;

        void Input(string name, long[] array, long[] shape)
        {
            using var value = DecodeLoop.Wrap(array, shape);
            made.BindInput(name, value);
        }
    }
}
