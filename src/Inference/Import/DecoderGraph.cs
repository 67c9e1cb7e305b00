using System.Runtime.InteropServices;
using static Rag.Inference.Import.OnnxGraphWriter;

namespace Rag.Inference.Import;

/// <summary>
/// Writes a decoder's graph in the order in which data flows through it, and its weights beside it. Inputs and outputs are those that <see cref="Chat.DecodeLoop"/> binds;
/// <c>num_logits_to_keep</c>: 0 = of all tokens, n = of the last n. Positions and rotation are inside GroupQueryAttention.
/// </summary>
/// <param name="accuracy">Of MatMulNBits: 4 rounds activations to 8 bits as well, which is what is fast; 0 does not.</param>
internal sealed class DecoderGraph(GgufFile file, DecoderShape shape, WeightPieces pieces, ImportSteps steps, int bits, int accuracy) : IDisposable
{
    // The embedding keeps 8 bits in blocks of 32: a file's Q8_0 comes out unchanged, and it serves as the head too.
    public const int TableBits = 8, TableBlock = 32;

    private readonly OnnxGraphWriter graph = new();
    private readonly int block = BlockOf(bits);

    /// <summary>Numbers that share a scale.</summary>
    public static int BlockOf(int bits) => bits == 8 ? 64 : 32;

    /// <summary>Writes everything.</summary>
    /// <returns>The bytes of the graph's file.</returns>
    public byte[] Write()
    {
        steps.Next("writing the vocabulary");
        var state = Begin();
        var pending = "";   // what the layer before adds to the state
        for (var i = 0; i < shape.Layers.Count; i++)
        {
            steps.Next($"writing layer {i + 1} of {shape.Layers.Count}");
            (state, pending) = Layer(i, shape.Layers[i], state, pending);
        }

        steps.Next("writing the output");
        End(state, pending);
        return graph.ToBytes(shape.Architecture);
    }

    public void Dispose() => graph.Dispose();

    private string Begin()
    {
        graph.Input("input_ids", Long, "batch", "sequence").Input("attention_mask", Long, "batch", "total").Input("num_logits_to_keep", Long);
        graph.Constant("one", 1);
        graph.Constant("axis0", 0, 1);
        graph.Constant("axis1", 1, 1);

        var table = new BlockQuantizer(TableBits, TableBlock, shape.Hidden);
        var (codes, scales, _) = Store(table, [(shape.Embedding, Row)]);
        graph.Tensor("embed.codes", Unsigned, codes, shape.Vocabulary, shape.Hidden);
        graph.Tensor("embed.scales", Float, scales, shape.Vocabulary, table.Blocks);
        var state = graph.Node(
            "GatherBlockQuantized", ["embed.codes", "input_ids", "embed.scales"], ["embedded"], Contrib,
            ("bits", TableBits), ("block_size", TableBlock), ("gather_axis", 0), ("quantize_axis", 1));
        if (shape.Head is { } head)
        {
            (codes, scales, _) = Store(table, [(head, Row)]);
        }

        graph.Tensor("head.codes", Unsigned, codes, shape.Vocabulary, table.Blocks, TableBlock);
        graph.Tensor("head.scales", Float, scales, shape.Vocabulary, table.Blocks);

        // Each row's last position, and the length of the longest row, as GroupQueryAttention wants them.
        var sum = graph.Node("ReduceSum", ["attention_mask", "axis1"], ["mask_sum"], "", ("keepdims", 0));
        graph.Node("Cast", [graph.Node("Sub", "last64", sum, "one")], ["last"], "", ("to", Integer));
        graph.Node("Cast", [graph.Node("Gather", "total64", graph.Node("Shape", "mask_shape", "attention_mask"), "one")], ["total_length"], "", ("to", Integer));
        Angles("rotary.cos", Math.Cos);
        Angles("rotary.sin", Math.Sin);
        return state;
    }

    private (string State, string Pending) Layer(int i, LayerTensors layer, string state, string pending)
    {
        (var normed, state) = Norm($"l{i}.attention_norm", layer.AttentionNorm, state, pending);
        int Rotated(int row) => shape.RotatesNeighbours ? Rotary.NeighbourRow(row, shape.HeadSize) : row;
        var joined = Linear($"l{i}.qkv", normed, (layer.Query, Rotated), (layer.Key, Rotated), (layer.Value, Row));
        string[] queryKeyValue = layer.QueryNorm is null ? [joined, "", ""] : Parts(i, layer, joined);

        var (past, present) = ($"past_key_values.{i}", $"present.{i}");
        foreach (var name in new[] { "key", "value" })
        {
            graph.Input($"{past}.{name}", Float, "batch", shape.KeyHeads, "past", shape.HeadSize);
            graph.Output($"{present}.{name}", Float, "batch", shape.KeyHeads, "total", shape.HeadSize);
        }

        var attended = graph.Node(
            "GroupQueryAttention", [.. queryKeyValue, $"{past}.key", $"{past}.value", "last", "total_length", "rotary.cos", "rotary.sin"],
            [$"l{i}.attention", $"{present}.key", $"{present}.value"], Contrib,
            ("do_rotary", 1), ("rotary_interleaved", 0), ("kv_num_heads", shape.KeyHeads), ("num_heads", shape.Heads));
        var output = Linear($"l{i}.output", attended, (layer.Output, Row));

        (normed, state) = Norm($"l{i}.forward_norm", layer.ForwardNorm, state, output);
        var gate = Linear($"l{i}.gate", normed, (layer.Gate, Row));
        var up = Linear($"l{i}.up", normed, (layer.Up, Row));
        var silu = graph.Node("QuickGelu", [gate], [$"l{i}.silu"], Contrib, ("alpha", 1f));   // x × sigmoid(x)
        return (state, Linear($"l{i}.down", graph.Node("Mul", $"l{i}.gated", silu, up), (layer.Down, Row)));
    }

    private void End(string state, string pending)
    {
        var (normed, _) = Norm("output_norm", shape.OutputNorm, state, pending);
        var from = graph.Node("Unsqueeze", "keep_from", graph.Node("Neg", "keep_minus", "num_logits_to_keep"), "axis0");
        var kept = graph.Node("Slice", "kept", normed, from, graph.Constant("end", long.MaxValue, 1), "axis1");
        Multiply("logits", kept, "head", TableBits, TableBlock, shape.Hidden, shape.Vocabulary, zeros: false);
        graph.Output("logits", Float, "batch", "kept", shape.Vocabulary);
    }

    // Qwen 3 norms each head's queries and keys, so the three must be taken apart.
    private string[] Parts(int i, LayerTensors layer, string joined)
    {
        var (width, keyWidth) = (shape.Heads * shape.HeadSize, shape.KeyHeads * shape.HeadSize);
        graph.Node("Split", [joined, graph.Constants($"l{i}.widths", width, keyWidth, keyWidth)], [$"l{i}.q", $"l{i}.k", $"l{i}.v"], "", ("axis", -1));
        return [Heads($"l{i}.q", layer.QueryNorm!), Heads($"l{i}.k", layer.KeyNorm!), $"l{i}.v"];

        string Heads(string name, GgufTensor weight)
        {
            var heads = graph.Node("Reshape", $"{name}.heads", name, graph.Constants($"{name}.shape", 0, 0, -1, shape.HeadSize));
            var (normed, _) = Norm($"{name}.norm", weight, heads, "");
            return graph.Node("Reshape", $"{name}.flat", normed, graph.Constants($"{name}.flat_shape", 0, 0, -1));
        }
    }

    /// <returns>The normed state, and the state with what was pending added to it.</returns>
    private (string Normed, string State) Norm(string name, GgufTensor weight, string state, string pending)
    {
        graph.Tensor($"{name}.weight", Float, MemoryMarshal.AsBytes<float>(GgufRows.Vector(file, weight)), weight.Columns);
        steps.Add(weight.Bytes);
        if (pending.Length == 0)
        {
            return (graph.Node("SimplifiedLayerNormalization", [state, $"{name}.weight"], [name], "", ("axis", -1), ("epsilon", shape.Epsilon)), state);
        }

        var sum = $"{name}.state";
        graph.Node("SkipSimplifiedLayerNormalization", [state, pending, $"{name}.weight"], [name, "", "", sum], Contrib, ("epsilon", shape.Epsilon));
        return (name, sum);
    }

    /// <summary>A linear layer, or several over the same input as one.</summary>
    private string Linear(string name, string input, params (LinearTensors Layer, Func<int, int> Row)[] layers)
    {
        var columns = layers[0].Layer.Weight.Columns;
        var rows = layers.Sum(part => (int)part.Layer.Weight.Rows);
        var quantizer = new BlockQuantizer(bits, block, columns);
        var (codes, scales, zeros) = Store(quantizer, [.. layers.Select(part => (part.Layer.Weight, part.Row))]);
        graph.Tensor($"{name}.codes", Unsigned, codes, rows, quantizer.Blocks, block * bits / 8);
        graph.Tensor($"{name}.scales", Float, scales, rows, quantizer.Blocks);
        if (zeros is not null)
        {
            graph.Tensor($"{name}.zeros", Unsigned, zeros, rows, quantizer.ZeroBytes);
        }

        Multiply(name, input, name, bits, block, columns, rows, zeros is not null);
        return layers.All(part => part.Layer.Bias is null) ? name : graph.Node("Add", $"{name}.biased", name, Bias($"{name}.bias", layers));
    }

    private string Bias(string name, (LinearTensors Layer, Func<int, int> Row)[] layers)
    {
        var joined = new List<float>();
        foreach (var (layer, row) in layers)
        {
            var numbers = layer.Bias is null ? new float[layer.Weight.Rows] : GgufRows.Vector(file, layer.Bias);
            joined.AddRange(Enumerable.Range(0, numbers.Length).Select(i => numbers[row(i)]));
            steps.Add(layer.Bias?.Bytes ?? 0);
        }

        return graph.Tensor(name, Float, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(joined)), joined.Count);
    }

    private void Multiply(string output, string input, string weights, int bits, int block, int columns, int rows, bool zeros) => graph.Node(
        "MatMulNBits", [input, $"{weights}.codes", $"{weights}.scales", .. zeros ? new[] { $"{weights}.zeros" } : []], [output], Contrib,
        ("K", columns), ("N", rows), ("accuracy_level", accuracy), ("bits", bits), ("block_size", block));

    /// <summary>Writes the codes row by row; the scales and zeros, a sixteenth of that or less, wait in memory.</summary>
    private (ExternalData Codes, ExternalData Scales, ExternalData? Zeros) Store(BlockQuantizer quantizer, (GgufTensor Tensor, Func<int, int> Row)[] parts)
    {
        var rows = parts.Sum(part => part.Tensor.Rows);
        if (rows * quantizer.CodeBytes > int.MaxValue)
        {
            throw new FormatException($"its tensor {parts[0].Tensor.Name} is larger than 2 GB in {quantizer.Bits} bits, which is not known to work");
        }

        var numbers = new float[quantizer.Columns];
        var codes = new byte[quantizer.CodeBytes];
        var scales = new float[rows * quantizer.Blocks];
        var zeros = new byte[rows * quantizer.ZeroBytes];
        var codesData = pieces.Begin(rows * codes.Length);
        var at = 0;
        foreach (var (tensor, row) in parts)
        {
            var source = new GgufRows(file, tensor);
            for (var i = 0; i < tensor.Rows; i++, at++)
            {
                source.Read(row(i), numbers);
                quantizer.Quantize(numbers, codes, scales.AsSpan(at * quantizer.Blocks, quantizer.Blocks), zeros.AsSpan(at * quantizer.ZeroBytes, quantizer.ZeroBytes));
                pieces.Write(codes);
                steps.Add(tensor.RowBytes);
            }
        }

        return (codesData, Store(MemoryMarshal.AsBytes<float>(scales)), zeros.Length == 0 ? null : Store(zeros));
    }

    private ExternalData Store(ReadOnlySpan<byte> bytes)
    {
        var place = pieces.Begin(bytes.Length);
        pieces.Write(bytes);
        return place;
    }

    private void Angles(string name, Func<double, double> function)
    {
        var row = new float[shape.HeadSize / 2];
        var place = pieces.Begin((long)shape.Context * row.Length * sizeof(float));
        for (var position = 0; position < shape.Context; position++)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = (float)function(position * shape.Frequencies[i]);
            }

            pieces.Write(MemoryMarshal.AsBytes<float>(row));
        }

        graph.Tensor(name, Float, place, shape.Context, row.Length);
    }

    private static int Row(int row) => row;
}
