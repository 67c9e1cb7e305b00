using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rag.Inference.Chat;

/// <summary>
/// Keys and values for a graph without GroupQueryAttention: such a graph takes the past as long as it is and writes past and new tokens to another place, so
/// each run copies all of it. Two buffers per layer take turns. One sequence.
/// </summary>
internal sealed class CopiedKvCache : KvCache
{
    private readonly KvLayer[] layers;
    private readonly OrtValue?[] past;      // by layer, (1, heads, capacity, head size) of which the beginning is used, without gaps
    private readonly OrtValue?[] present;
    private int length;

    /// <param name="step">Tokens of the first capacity and of each growth.</param>
    public CopiedKvCache(InferenceSession session, int step, int contextLength)
        : base(step, contextLength)
    {
        layers = KvLayer.Of(session);
        (past, present) = (new OrtValue?[layers.Length], new OrtValue?[layers.Length]);
        Fit(1);
    }

    /// <inheritdoc/>
    public override int Length(int slot) => length;

    /// <inheritdoc/>
    public override void SetLength(int slot, int tokens)
    {
        for (var i = 0; i < layers.Length && tokens < length; i++)
        {
            Move(past[i]!.GetTensorMutableRawData(), past[i]!.GetTensorMutableRawData(), layers[i], tokens);
        }

        length = tokens;
    }

    /// <inheritdoc/>
    public override void Copy(int from, int to, int tokens) => throw new NotSupportedException("There is one sequence.");

    /// <inheritdoc/>
    public override int Prepare(OrtIoBinding binding, int slot, int added, int version)
    {
        for (var i = 0; i < layers.Length; i++)
        {
            using var before = View(past[i]!, layers[i], length);
            using var after = View(present[i]!, layers[i], length + added);
            binding.BindInput(layers[i].Input, before);
            binding.BindOutput(layers[i].Output, after);
        }

        return version + 1;
    }

    /// <inheritdoc/>
    public override void Wrote(int slot, int added)
    {
        for (var i = 0; i < layers.Length; i++)
        {
            (past[i], present[i]) = (present[i], past[i]);
        }

        length += added;
    }

    public override void Dispose()
    {
        Array.ForEach(past, value => value?.Dispose());
        Array.ForEach(present, value => value?.Dispose());
    }

    protected override void Resize(int capacity)
    {
        var kept = Math.Min(length, capacity);
        for (var i = 0; i < layers.Length; i++)
        {
            var next = Allocate(layers[i], capacity);
            if (kept > 0)
            {
                Move(past[i]!.GetTensorMutableRawData(), next.GetTensorMutableRawData(), layers[i], kept);
            }

            past[i]?.Dispose();
            present[i]?.Dispose();
            (past[i], present[i]) = (next, Allocate(layers[i], capacity));
        }

        (Capacity, length) = (capacity, kept);
    }

    // Head after head without gaps, so each but the first moves towards the front.
    private void Move(Span<byte> from, Span<byte> to, KvLayer layer, int kept)
    {
        var row = layer.HeadSize * layer.NumberBytes;
        for (var head = 0; head < layer.Heads; head++)
        {
            from.Slice(head * length * row, kept * row).CopyTo(to[(head * kept * row)..]);
        }
    }

    private static OrtValue Allocate(KvLayer layer, int capacity) =>
        OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, layer.Type, [1, layer.Heads, capacity, layer.HeadSize]);

    // Native memory does not move, so the view needs no pin.
    private static unsafe OrtValue View(OrtValue value, KvLayer layer, int tokens) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, layer.Type, [1, layer.Heads, tokens, layer.HeadSize],
        (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(value.GetTensorMutableRawData())), (long)layer.Heads * tokens * layer.HeadSize * layer.NumberBytes);
}

/// <summary>Keys or values of one layer, as a graph declares them.</summary>
/// <param name="Output">The name under which they come out again.</param>
internal sealed record KvLayer(string Input, string Output, TensorElementType Type, int Heads, int HeadSize)
{
    private const string Past = "past_key_values.";
    private const string Present = "present.";

    public int NumberBytes => Type == TensorElementType.Float ? sizeof(float) : sizeof(short);

    public static KvLayer[] Of(InferenceSession session) =>
        [.. session.InputMetadata.Where(input => input.Key.StartsWith(Past, StringComparison.Ordinal)).Select(input => new KvLayer(
            input.Key, Present + input.Key[Past.Length..], input.Value.ElementDataType, input.Value.Dimensions[1], input.Value.Dimensions[3]))];
}
