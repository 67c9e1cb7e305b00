using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Inference.Chat.Drafts;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Chat;

/// <summary>
/// Runs a chat graph over one sequence, in one slot of a KV block: tokens in, logits of the last one out. All inputs and outputs are bound once; a step changes
/// only the shapes of the ids and of the mask. Not for two threads at once.
/// </summary>
internal sealed class DecodeLoop : IDisposable
{
    private const int MostLogits = 16 << 20;   // numbers in one output of a graph that gives the logits of every token

    private static readonly string[] KnownInputs = ["input_ids", "attention_mask", "num_logits_to_keep", "position_ids"];

    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;
    private readonly RunOptions run = new();
    private readonly KvCache block;
    private readonly int slot;
    private readonly bool ownsBlock;
    private readonly List<int> tokens = [];
    private readonly int contextLength;
    private readonly int vocabularySize;
    private readonly TensorElementType logitsType;
    private readonly bool ownsSession;
    private int version;                  // of the block, as bound
    private bool shrinks;                 // the next run gives back what a longer sequence needed
    private float[] converted = [];       // logits of an fp16 graph
    private readonly long[] ids;          // pinned; (1, chunk)
    private readonly long[] ones;         // pinned; the mask, (1, total)
    private readonly long[] keep = GC.AllocateArray<long>(1, pinned: true);
    private readonly OrtValue? keepValue; // null: the graph gives the logits of every token
    private readonly long[]? positions;   // pinned; 0, 1, 2 … where the graph wants them
    private OrtValue? logits;             // (1, rows, vocabulary)
    private int rows;
    private int wanted;                   // of the rows, the last ones

    /// <param name="cacheStep">Tokens of the first KV capacity and of each growth.</param>
    /// <param name="ownsSession">False where another loop over the same weights frees them.</param>
    public DecodeLoop(OpenGraph graph, ModelManifest manifest, int prefillChunk, int cacheStep, bool ownsSession = true)
        : this(graph, manifest, prefillChunk, Cache(graph, manifest, cacheStep), 0)
    {
        (this.ownsSession, ownsBlock) = (ownsSession, true);
    }

    /// <summary>Over one slot of a block that somebody else frees, as the session.</summary>
    public DecodeLoop(OpenGraph graph, ModelManifest manifest, int prefillChunk, KvCache block, int slot)
    {
        (session, this.block, this.slot) = (graph.Session, block, slot);
        (contextLength, vocabularySize) = (manifest.ContextLength, manifest.VocabularySize);
        logitsType = session.OutputMetadata["logits"].ElementDataType;
        var choosesLogits = session.InputMetadata.ContainsKey("num_logits_to_keep");
        ids = GC.AllocateArray<long>(choosesLogits ? prefillChunk : Math.Clamp(MostLogits / vocabularySize, 1, prefillChunk), pinned: true);
        ones = GC.AllocateArray<long>(contextLength, pinned: true);
        Array.Fill(ones, 1);

        binding = session.CreateIoBinding();
        if (choosesLogits)
        {
            keepValue = Wrap(keep, []);
            binding.BindInput("num_logits_to_keep", keepValue);
        }

        if (session.InputMetadata.ContainsKey("position_ids"))
        {
            positions = GC.AllocateArray<long>(contextLength, pinned: true);
            for (var at = 0; at < positions.Length; at++)
            {
                positions[at] = at;
            }
        }
    }

    /// <summary>The tokens whose keys and values are in the cache.</summary>
    public IReadOnlyList<int> Tokens
    {
        get
        {
            Sync();
            return tokens;
        }
    }

    public int CacheCapacity => block.Capacity;

    /// <summary>Tokens in the cache.</summary>
    public int Count => block.Length(slot);

    /// <summary>Whether new tokens are written behind the old ones in place; else each run copies the whole cache, and there is one sequence.</summary>
    public static bool WritesInPlace(OpenGraph graph) => graph.File.Operators.Contains(DraftGraph.Attention);

    /// <summary>Keys and values of one sequence for the graph, which is checked first.</summary>
    /// <exception cref="InferenceException">Unavailable: a graph of another kind.</exception>
    public static KvCache Cache(OpenGraph graph, ModelManifest manifest, int cacheStep)
    {
        Check(graph, manifest);
        return WritesInPlace(graph) ? Block(graph, manifest, 1, cacheStep) : new CopiedKvCache(graph.Session, cacheStep, manifest.ContextLength);
    }

    /// <summary>A block of keys and values for the graph, which is checked first.</summary>
    /// <exception cref="InferenceException">Unavailable: a graph of another kind.</exception>
    public static KvBlock Block(OpenGraph graph, ModelManifest manifest, int slots, int cacheStep)
    {
        Check(graph, manifest);
        return new(graph.Session, graph.Provider, slots, cacheStep, manifest.ContextLength);
    }

    /// <summary>Forgets all but the first <paramref name="kept"/> tokens and makes room for <paramref name="expected"/> in all.</summary>
    /// <param name="alone">Whether the block may shrink: no other slot is in use.</param>
    public void Rewind(int kept, int expected, bool alone = true)
    {
        Sync();
        tokens.RemoveRange(kept, tokens.Count - kept);
        tokens.EnsureCapacity(Math.Min(expected, contextLength));
        block.SetLength(slot, kept);
        if (alone)
        {
            var before = block.Capacity;
            block.Fit(expected);
            shrinks |= block.Capacity < before;
        }
        else
        {
            block.Grow(expected);
        }
    }

    /// <summary>Takes over the first tokens of another slot of the block.</summary>
    public void CopyFrom(DecodeLoop other, int count)
    {
        other.Sync();
        tokens.Clear();
        tokens.AddRange(CollectionsMarshal.AsSpan(other.tokens)[..count]);
        block.Copy(other.slot, slot, count);
    }

    /// <summary>Another run over the block has written this token behind the others.</summary>
    public void Append(int token)
    {
        tokens.Add(token);
        block.Wrote(slot, 1);
    }

    /// <summary>Most tokens whose logits one call of <see cref="Read"/> can return.</summary>
    public int MostKept => ids.Length;

    /// <summary>
    /// Reads the tokens behind those in the cache, in pieces of at most the configured chunk, and returns the logits behind the last
    /// <paramref name="kept"/> of them: (kept × vocabulary) numbers that the caller may change, valid until the next call.
    /// </summary>
    /// <param name="kept">1 to <see cref="MostKept"/>, and no more than there are tokens.</param>
    /// <exception cref="OperationCanceledException">Also from within a piece; what was read before it stays.</exception>
    public Span<float> Read(scoped ReadOnlySpan<int> next, CancellationToken cancel, int kept = 1)
    {
        Sync();
        run.Terminate = false;
        using var registration = cancel.Register(static state => ((RunOptions)state!).Terminate = true, run);
        while (next.Length > ids.Length)
        {
            // The last piece holds all that is kept, and never a single token: see PrefixCache.
            var piece = Math.Min(ids.Length, next.Length - Math.Max(kept, 2));
            Run(next[..piece], 1, cancel);
            next = next[piece..];
        }

        Run(next, kept, cancel);
        return Logits();
    }

    public void Dispose()
    {
        logits?.Dispose();
        keepValue?.Dispose();
        if (ownsBlock)
        {
            block.Dispose();
        }

        binding.Dispose();
        run.Dispose();
        if (ownsSession)
        {
            session.Dispose();
        }
    }

    private void Run(scoped ReadOnlySpan<int> next, int kept, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var total = tokens.Count + next.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(total, contextLength);
        block.Grow(total);
        version = block.Prepare(binding, slot, next.Length, version);
        TensorPrimitives.ConvertChecked(next, ids.AsSpan(0, next.Length));
        using var idsValue = Wrap(ids, [1, next.Length]);
        using var mask = Wrap(ones, [1, total]);
        binding.BindInput("input_ids", idsValue);
        binding.BindInput("attention_mask", mask);
        using var positionsValue = positions is null ? null : Wrap(positions, [1, next.Length], tokens.Count);
        if (positionsValue is not null)
        {
            binding.BindInput("position_ids", positionsValue);
        }

        wanted = kept;
        BindLogits(keepValue is null ? next.Length : kept);
        try
        {
            if (shrinks)
            {
                // The arena keeps what the attention over the longest sequence took until a run asks it not to.
                using var shrinking = new RunOptions();
                shrinking.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
                session.RunWithBinding(shrinking, binding);
                shrinks = false;
            }
            else
            {
                session.RunWithBinding(run, binding);
            }
        }
        catch (OnnxRuntimeException error)
        {
            // Keys and values of this piece may be half written; the tokens before it are whole, and only they are listed.
            cancel.ThrowIfCancellationRequested();
            throw new InferenceException(InferenceFailure.Failed, $"The chat model failed: {error.Message}", error);
        }

        tokens.AddRange(next);
        block.Wrote(slot, next.Length);
    }

    // The block may have been cut while this slot lay idle.
    private void Sync()
    {
        if (tokens.Count > block.Length(slot))
        {
            tokens.RemoveRange(block.Length(slot), tokens.Count - block.Length(slot));
        }
    }

    private void BindLogits(int count)
    {
        if (logits is null || rows != count)
        {
            keep[0] = rows = count;
            logits?.Dispose();
            logits = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, logitsType, [1, count, vocabularySize]);
            binding.BindOutput("logits", logits);
        }
    }

    private Span<float> Logits()
    {
        var skipped = (rows - wanted) * vocabularySize;
        if (logitsType == TensorElementType.Float)
        {
            return logits!.GetTensorMutableDataAsSpan<float>()[skipped..];
        }

        var halves = MemoryMarshal.Cast<Float16, Half>(logits!.GetTensorDataAsSpan<Float16>())[skipped..];
        if (converted.Length != halves.Length)
        {
            converted = new float[halves.Length];
        }

        TensorPrimitives.ConvertToSingle(halves, converted);
        return converted;
    }

    // The arrays are pinned for good, so a view costs no pin and no copy.
    internal static OrtValue Wrap(long[] array, long[] shape, int start = 0)
    {
        var length = shape.Aggregate(1L, (product, size) => product * size);
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, TensorElementType.Int64, shape, Marshal.UnsafeAddrOfPinnedArrayElement(array, start), length * sizeof(long));
    }

    private static void Check(OpenGraph graph, ModelManifest manifest)
    {
        var unknown = graph.Session.InputNames.FirstOrDefault(n => !KnownInputs.Contains(n) && !n.StartsWith("past_key_values.", StringComparison.Ordinal));
        var problem = KvLayer.Of(graph.Session) is var layers && layers.Length == 0 ? "it keeps no keys and values of the tokens it has read"
            : layers.Any(layer => layer.Heads < 1 || layer.HeadSize < 1) ? "its keys and values are of no fixed size"
            : unknown is not null ? $"it wants an input '{unknown}' that is not known"
            : KnownInputs[..2].FirstOrDefault(n => !graph.Session.InputNames.Contains(n)) is { } missing ? $"it has no input '{missing}'"
            : manifest.ContextLength < 1 || manifest.VocabularySize < 1 ? "model.json does not say its context length and vocabulary size"
            : null;
        if (problem is not null)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"The graph of {manifest.Id} cannot be used: {problem}.");
        }
    }
}
