using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Inference.Chat.Drafts;
using Rag.Inference.Runtime;

namespace Rag.Inference.Chat;

/// <summary>
/// Keys and values of several sequences: per layer one value (slots, heads, capacity, head size). Any run of neighbouring slots can be bound as both past
/// and present, so GroupQueryAttention writes new tokens behind the old ones in place and nothing is copied per token. Memory that was never
/// written is not resident, so an unused slot costs next to nothing.
/// </summary>
internal sealed class KvBlock : KvCache
{
    private readonly OrtAllocator allocator;
    private readonly OrtMemoryInfo? device;   // null: ordinary memory
    private readonly Layer[] layers;
    private readonly int[] lengths;           // tokens written per slot

    /// <param name="slots">Sequences; on CUDA one.</param>
    /// <param name="step">Tokens of the first capacity and of each growth.</param>
    public KvBlock(InferenceSession session, ProviderChoice provider, int slots, int step, int contextLength)
        // Growing would need a copy on the device; the whole context of a model for one machine fits there at once.
        : base(provider.Provider == ExecutionProvider.Cuda ? contextLength : step, contextLength)
    {
        lengths = new int[slots];
        layers = Array.ConvertAll(KvLayer.Of(session), layer => new Layer(layer));
        if (provider.Provider == ExecutionProvider.Cuda)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(slots, 1);
            device = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
            allocator = new OrtAllocator(session, device);
        }
        else
        {
            allocator = OrtAllocator.DefaultInstance;
        }

        Fit(1);
    }

    public int Slots => lengths.Length;

    /// <summary>Changes with the capacity: what was bound before must be bound again.</summary>
    public int Version { get; private set; }

    /// <summary>Bytes that one token of one sequence takes in all layers together.</summary>
    public static long BytesPerToken(InferenceSession session) =>
        KvLayer.Of(session).Sum(layer => (long)layer.Heads * layer.HeadSize * layer.NumberBytes);

    /// <inheritdoc/>
    public override int Length(int slot) => lengths[slot];

    /// <inheritdoc/>
    public override void SetLength(int slot, int tokens) => lengths[slot] = tokens;

    /// <inheritdoc/>
    public override int Prepare(OrtIoBinding binding, int slot, int added, int version)
    {
        if (version != Version)
        {
            Bind(binding, slot, 1);
        }

        return Version;
    }

    /// <inheritdoc/>
    public override void Wrote(int slot, int added) => lengths[slot] += added;

    /// <summary>Binds <paramref name="count"/> neighbouring slots as past and present.</summary>
    public void Bind(OrtIoBinding binding, int first, int count)
    {
        foreach (var layer in layers)
        {
            if (count == Slots)
            {
                binding.BindInput(layer.Input, layer.Value!);
                binding.BindOutput(layer.Output, layer.Value!);
                continue;
            }

            var slot = layer.Value!.GetTensorMutableRawData()[(first * SlotBytes(layer))..][..(count * SlotBytes(layer))];
            using var view = View(slot, layer.Type, [count, layer.Heads, Capacity, layer.HeadSize]);
            binding.BindInput(layer.Input, view);
            binding.BindOutput(layer.Output, view);
        }
    }

    /// <summary>Binds one slot as the past of a chain of single tokens and as what is present after each of them.</summary>
    public void BindChain(OrtIoBinding binding, int slot, int tokens)
    {
        foreach (var layer in layers)
        {
            using var view = View(layer.Value!.GetTensorMutableRawData()[(slot * SlotBytes(layer))..][..SlotBytes(layer)], layer.Type, [1, layer.Heads, Capacity, layer.HeadSize]);
            binding.BindInput(layer.Input, view);
            for (var token = 0; token < tokens; token++)
            {
                binding.BindOutput(DraftGraph.Present(layer.Output, token, tokens), view);
            }
        }
    }

    /// <inheritdoc/>
    public override void Copy(int from, int to, int tokens)
    {
        foreach (var layer in layers)
        {
            var data = layer.Value!.GetTensorMutableRawData();
            var size = SlotBytes(layer);
            CopyHeads(data.Slice(from * size, size), data.Slice(to * size, size), layer.Heads, Capacity, Capacity, tokens);
        }

        lengths[to] = tokens;
    }

    public override void Dispose()
    {
        Array.ForEach(layers, layer => layer.Value?.Dispose());
        if (device is not null)
        {
            allocator.Dispose();
            device.Dispose();
        }
    }

    protected override void Resize(int capacity)
    {
        for (var slot = 0; slot < Slots; slot++)
        {
            lengths[slot] = Math.Min(lengths[slot], capacity);
        }

        foreach (var layer in layers)   // one layer after the other: the peak is one layer above the need
        {
            var old = layer.Value;
            var next = OrtValue.CreateAllocatedTensorValue(allocator, layer.Type, [Slots, layer.Heads, capacity, layer.HeadSize]);
            for (var slot = 0; slot < Slots && old is not null; slot++)
            {
                if (lengths[slot] > 0)
                {
                    var from = old.GetTensorMutableRawData();
                    var to = next.GetTensorMutableRawData();
                    var (before, after) = (from.Length / Slots, to.Length / Slots);
                    CopyHeads(from.Slice(slot * before, before), to.Slice(slot * after, after), layer.Heads, Capacity, capacity, lengths[slot]);
                }
            }

            layer.Value = next;
            old?.Dispose();
        }

        Capacity = capacity;
        Version++;
    }

    private int SlotBytes(Layer layer) => layer.Value!.GetTensorMutableRawData().Length / Slots;

    // Native memory does not move, so the view needs no pin; it must not outlive the next resize.
    private static unsafe OrtValue View(Span<byte> memory, TensorElementType type, long[] shape) =>
        OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, shape, (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory)), memory.Length);

    // Each head's tokens lie together, so a new capacity moves every head but the first.
    private static void CopyHeads(Span<byte> from, Span<byte> to, int heads, int oldCapacity, int newCapacity, int tokens)
    {
        var row = from.Length / heads / oldCapacity;
        for (var head = 0; head < heads; head++)
        {
            from.Slice(head * oldCapacity * row, tokens * row).CopyTo(to[(head * newCapacity * row)..]);
        }
    }

    private sealed class Layer(KvLayer declared)
    {
        public string Input => declared.Input;

        public string Output => declared.Output;

        public TensorElementType Type => declared.Type;

        public int Heads => declared.Heads;

        public int HeadSize => declared.HeadSize;

        public OrtValue? Value { get; set; }
    }
}
