using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Inference.Runtime;

namespace Rag.Inference.Chat;

/// <summary>
/// Keys and values of one sequence, (1, heads, capacity, head size) per layer. Each value is bound as both past and present, so
/// GroupQueryAttention writes new tokens behind the old ones in place and nothing is copied per token.
/// </summary>
internal sealed class KvCache : IDisposable
{
    private const string Past = "past_key_values.";
    private const string Present = "present.";

    private readonly OrtIoBinding binding;
    private readonly OrtAllocator allocator;
    private readonly OrtMemoryInfo? device;   // null: ordinary memory
    private readonly Layer[] layers;
    private readonly int step;
    private readonly int contextLength;

    /// <param name="step">Tokens of the first capacity and of each growth.</param>
    public KvCache(InferenceSession session, OrtIoBinding binding, ProviderChoice provider, int step, int contextLength)
    {
        this.binding = binding;
        this.contextLength = contextLength;
        layers = [.. session.InputMetadata.Where(input => input.Key.StartsWith(Past, StringComparison.Ordinal)).Select(input => new Layer(
            input.Key, Present + input.Key[Past.Length..], input.Value.ElementDataType, input.Value.Dimensions[1], input.Value.Dimensions[3]))];
        if (provider.Provider == ExecutionProvider.Cuda)
        {
            device = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
            allocator = new OrtAllocator(session, device);
            // Growing would need a copy on the device; the whole context of a model for one machine fits there at once.
            this.step = contextLength;
        }
        else
        {
            allocator = OrtAllocator.DefaultInstance;
            this.step = Math.Min(step, contextLength);
        }

        Resize(this.step, keep: 0);
    }

    /// <summary>Tokens that fit before the next growth.</summary>
    public int Capacity { get; private set; }

    /// <summary>Makes room for <paramref name="tokens"/>, in steps, and gives back what a shorter sequence does not need.</summary>
    /// <param name="keep">Tokens at the front whose keys and values stay.</param>
    public void Fit(int tokens, int keep)
    {
        var capacity = Math.Min((tokens + step - 1) / step * step, contextLength);
        if (capacity != Capacity)
        {
            Resize(capacity, keep);
        }
    }

    /// <summary>As <see cref="Fit"/>, but never smaller than now.</summary>
    public void Grow(int tokens, int keep)
    {
        if (tokens > Capacity)
        {
            Fit(tokens, keep);
        }
    }

    public void Dispose()
    {
        Array.ForEach(layers, layer => layer.Value?.Dispose());
        if (device is not null)
        {
            allocator.Dispose();
            device.Dispose();
        }
    }

    private void Resize(int capacity, int keep)
    {
        foreach (var layer in layers)   // one layer after the other: the peak is one layer above the need
        {
            var old = layer.Value;
            var bigger = OrtValue.CreateAllocatedTensorValue(allocator, layer.Type, [1, layer.Heads, capacity, layer.HeadSize]);
            if (old is not null && keep > 0)
            {
                CopyHeads(old.GetTensorMutableRawData(), bigger.GetTensorMutableRawData(), layer.Heads, Capacity, capacity, keep);
            }

            binding.BindInput(layer.Input, bigger);
            binding.BindOutput(layer.Output, bigger);
            layer.Value = bigger;
            old?.Dispose();
        }

        Capacity = capacity;
    }

    // Each head's tokens lie together, so a new capacity moves every head but the first.
    private static void CopyHeads(Span<byte> from, Span<byte> to, int heads, int oldCapacity, int newCapacity, int tokens)
    {
        var row = from.Length / heads / oldCapacity;
        for (var head = 0; head < heads; head++)
        {
            from.Slice(head * oldCapacity * row, tokens * row).CopyTo(to[(head * newCapacity * row)..]);
        }
    }

    private sealed class Layer(string input, string output, TensorElementType type, int heads, int headSize)
    {
        public string Input => input;

        public string Output => output;

        public TensorElementType Type => type;

        public int Heads => heads;

        public int HeadSize => headSize;

        public OrtValue? Value { get; set; }
    }
}
