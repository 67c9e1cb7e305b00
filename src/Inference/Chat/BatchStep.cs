using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Inference.Runtime;

namespace Rag.Inference.Chat;

/// <summary>
/// One token for each of several slots in one run. The slots between the first and the last one in use form the batch; the rows of the mask have different
/// sums, from which GroupQueryAttention takes each row's length. Everything is bound once per range of slots and capacity, so a step allocates nothing.
/// An idle row in between is computed too, and its keys are written behind what it holds, where nobody reads them.
/// </summary>
internal sealed class BatchStep : IDisposable
{
    private readonly InferenceSession session;
    private readonly KvBlock block;
    private readonly DecodeLoop[] slots;
    private readonly OrtIoBinding?[] bindings;   // by first slot × slots + (count − 1)
    private readonly RunOptions run = new();
    private readonly OrtValue logits;            // (slots, 1, vocabulary)
    private readonly TensorElementType logitsType;
    private readonly int vocabularySize;
    private readonly bool choosesLogits;
    private readonly bool wantsPositions;
    private readonly long[] ids;                 // pinned, as the others; (slots, 1)
    private readonly long[] positions;           // (slots, 1)
    private readonly long[] keep = GC.AllocateArray<long>(1, pinned: true);
    private readonly int[] ones;                 // of each row of the mask
    private readonly bool[] active;
    private float[] converted = [];
    private long[] mask = [];                    // (slots, capacity): as wide as may be, so that it is bound once
    private int version;

    public BatchStep(OpenGraph graph, int vocabularySize, KvBlock block, DecodeLoop[] slots)
    {
        (session, this.block, this.slots, this.vocabularySize) = (graph.Session, block, slots, vocabularySize);
        bindings = new OrtIoBinding?[slots.Length * slots.Length];
        ids = GC.AllocateArray<long>(slots.Length, pinned: true);
        positions = GC.AllocateArray<long>(slots.Length, pinned: true);
        (ones, active) = (new int[slots.Length], new bool[slots.Length]);
        keep[0] = 1;
        choosesLogits = session.InputMetadata.ContainsKey("num_logits_to_keep");
        wantsPositions = session.InputMetadata.ContainsKey("position_ids");
        logitsType = session.OutputMetadata["logits"].ElementDataType;
        logits = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, logitsType, [slots.Length, 1, vocabularySize]);
    }

    /// <summary>Puts the next token of that slot into the coming step.</summary>
    public void Add(int slot, int token)
    {
        ids[slot] = token;
        active[slot] = true;
    }

    /// <summary>Runs the step for all slots that were added; nothing to do if there are none.</summary>
    /// <exception cref="InferenceException">Failed.</exception>
    public void Run()
    {
        var first = Array.IndexOf(active, true);
        if (first < 0)
        {
            return;
        }

        var last = Array.LastIndexOf(active, true);
        var most = 0;
        for (var slot = first; slot <= last; slot++)
        {
            most = active[slot] ? Math.Max(most, slots[slot].Count + 1) : most;
        }

        block.Grow(most);
        if (version != block.Version)
        {
            Rebind();
        }

        for (var slot = first; slot <= last; slot++)
        {
            if (!active[slot])
            {
                ids[slot] = 0;
                block.SetLength(slot, Math.Min(block.Length(slot), block.Capacity - 1));   // room for what is written behind it
            }

            positions[slot] = slots[slot].Count;
            Mask(slot, slots[slot].Count + 1);
        }

        try
        {
            session.RunWithBinding(run, Binding(first, last - first + 1));
        }
        catch (OnnxRuntimeException error)
        {
            Array.Clear(active);
            throw new InferenceException(InferenceFailure.Failed, $"The chat model failed: {error.Message}", error);
        }

        for (var slot = first; slot <= last; slot++)
        {
            if (active[slot])
            {
                slots[slot].Append((int)ids[slot]);
            }
        }

        Array.Clear(active);
    }

    /// <summary>What the last step gave for the slot, if it was part of it; the caller may change it.</summary>
    public Span<float> Logits(int slot)
    {
        if (logitsType == TensorElementType.Float)
        {
            return logits.GetTensorMutableDataAsSpan<float>().Slice(slot * vocabularySize, vocabularySize);
        }

        converted = converted.Length == vocabularySize ? converted : new float[vocabularySize];
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(logits.GetTensorDataAsSpan<Float16>()).Slice(slot * vocabularySize, vocabularySize), converted);
        return converted;
    }

    public void Dispose()
    {
        Array.ForEach(bindings, binding => binding?.Dispose());
        logits.Dispose();
        run.Dispose();
    }

    private void Mask(int slot, int total)
    {
        var row = mask.AsSpan(slot * block.Capacity, block.Capacity);
        if (total > ones[slot])
        {
            row[ones[slot]..total].Fill(1);
        }
        else
        {
            row[total..ones[slot]].Clear();
        }

        ones[slot] = total;
    }

    private void Rebind()
    {
        for (var i = 0; i < bindings.Length; i++)
        {
            bindings[i]?.Dispose();
            bindings[i] = null;
        }

        mask = GC.AllocateArray<long>(block.Slots * block.Capacity, pinned: true);
        Array.Clear(ones);
        version = block.Version;
    }

    private OrtIoBinding Binding(int first, int count)
    {
        ref var binding = ref bindings[(first * slots.Length) + count - 1];
        if (binding is not null)
        {
            return binding;
        }

        var made = session.CreateIoBinding();
        Bind("input_ids", ids, [count, 1], first);
        Bind("attention_mask", mask, [count, block.Capacity], first * block.Capacity);
        if (choosesLogits)
        {
            Bind("num_logits_to_keep", keep, [], 0);
        }

        if (wantsPositions)
        {
            Bind("position_ids", positions, [count, 1], first);
        }

        using (var rows = LogitsView(first, count))
        {
            made.BindOutput("logits", rows);
        }

        block.Bind(made, first, count);
        return binding = made;

        void Bind(string name, long[] array, long[] shape, int start)
        {
            using var value = DecodeLoop.Wrap(array, shape, start);
            made.BindInput(name, value);
        }
    }

    private unsafe OrtValue LogitsView(int first, int count)
    {
        var all = logits.GetTensorMutableRawData();
        var row = all.Length / slots.Length;
        ref var start = ref MemoryMarshal.GetReference(all[(first * row)..]);
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, logitsType, [count, 1, vocabularySize], (nint)Unsafe.AsPointer(ref start), count * row);
    }
}
