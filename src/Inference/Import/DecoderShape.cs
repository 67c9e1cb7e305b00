namespace Rag.Inference.Import;

/// <summary>A linear layer's weights (rows = outputs) and, where it has one, its bias.</summary>
internal sealed record LinearTensors(GgufTensor Weight, GgufTensor? Bias);

/// <summary>One layer's tensors. The two norms of heads are Qwen 3's.</summary>
internal sealed record LayerTensors(
    GgufTensor AttentionNorm, LinearTensors Query, LinearTensors Key, LinearTensors Value, LinearTensors Output, GgufTensor? QueryNorm, GgufTensor? KeyNorm,
    GgufTensor ForwardNorm, LinearTensors Gate, LinearTensors Up, LinearTensors Down);

/// <summary>
/// A Llama-like decoder as a GGUF file states it: RMS norm, rotary attention with grouped keys, gated feed-forward (SiLU). Every size was held against the tensors, and every
/// tensor of the file is used: what is not known is refused by name, never left out. Keys and names: ggml's <c>docs/gguf.md</c>, llama.cpp's <c>src/llama-arch.cpp</c>.
/// </summary>
internal sealed record DecoderShape
{
    private static readonly string[] Architectures = ["llama", "qwen2", "qwen3"];

    public required string Architecture { get; init; }
    public required int Hidden { get; init; }
    public required int Inner { get; init; }
    public required int Heads { get; init; }
    public required int KeyHeads { get; init; }
    public required int HeadSize { get; init; }

    /// <summary>Tokens the model was made for.</summary>
    public required int StatedContext { get; init; }

    /// <summary>Tokens that are used: no more than the settings allow, nor than the window in which a token sees all others.</summary>
    public required int Context { get; init; }
    public required int Vocabulary { get; init; }
    public required float Epsilon { get; init; }

    /// <summary>Radians per position, one for each pair of a head's numbers.</summary>
    public required double[] Frequencies { get; init; }
    public required double FrequencyBase { get; init; }

    public required GgufTensor Embedding { get; init; }
    public required GgufTensor OutputNorm { get; init; }

    /// <summary>Null: the embedding's weights are used again.</summary>
    public required GgufTensor? Head { get; init; }
    public required IReadOnlyList<LayerTensors> Layers { get; init; }

    /// <summary>llama.cpp's converter writes a Llama's query and key rows for rotating neighbours (0, 1), (2, 3) …; the others rotate halves (0, n/2), (1, n/2 + 1) …</summary>
    public bool RotatesNeighbours => Architecture == "llama";

    public long Parameters => Used().Sum(tensor => tensor.Elements);

    public long WeightBytes => Used().Sum(tensor => tensor.Bytes);

    /// <exception cref="FormatException">The message says what is missing or not known, as the end of a sentence.</exception>
    public static DecoderShape Read(GgufFile file, int maxContext)
    {
        var architecture = file.Text("general.architecture") ?? throw Missing("general.architecture");
        if (!Architectures.Contains(architecture))
        {
            throw new FormatException($"its architecture is '{GgufFile.Short(architecture)}'; known are {string.Join(", ", Architectures)}");
        }

        var keys = new Keys(file, architecture);
        if (file.Number("split.count") is > 1 and var parts)
        {
            throw new FormatException($"it is one of {parts} parts; join them first (llama-gguf-split --merge)");
        }

        var tensors = new Tensors(file);
        var hidden = keys.Need("embedding_length", 1 << 20);
        var heads = keys.Need("attention.head_count", 1 << 12);
        var keyHeads = keys.Size("attention.head_count_kv", 1 << 12) ?? heads;
        var headSize = keys.Size("attention.key_length", 1 << 12) ?? hidden / heads;
        var inner = keys.Need("feed_forward_length", 1 << 24);
        var layers = keys.Need("block_count", 1 << 12);
        var context = keys.Need("context_length", int.MaxValue);
        if (heads % keyHeads != 0 || headSize < 8 || headSize % 8 != 0 || hidden % 32 != 0)
        {
            throw new FormatException($"its sizes do not fit together: {heads} heads, {keyHeads} of keys, {headSize} numbers each, width {hidden}");
        }

        if (headSize % 16 != 0)
        {
            throw new FormatException($"its heads have {headSize} numbers each, and ONNX Runtime's attention takes multiples of 16");
        }

        if ((keys.Size("attention.value_length", 1 << 12) ?? headSize) != headSize || (keys.Size("rope.dimension_count", 1 << 12) ?? headSize) != headSize)
        {
            throw new FormatException("its heads have keys and values of different sizes, or are rotated in part, which is not known");
        }

        if (keys.Size("expert_count", int.MaxValue) is > 0)
        {
            throw new FormatException("it is a mixture of experts, which is not known");
        }

        var epsilon = (float)(keys.Real("attention.layer_norm_rms_epsilon") ?? throw Missing(architecture + ".attention.layer_norm_rms_epsilon"));
        if (!(epsilon is > 0 and < 1))
        {
            throw new FormatException($"its {architecture}.attention.layer_norm_rms_epsilon is no number that can be");
        }

        var embedding = tensors.Matrix("token_embd.weight", null, hidden);
        var width = heads * headSize;
        var keyWidth = keyHeads * headSize;
        var hasHeadNorms = architecture == "qwen3";
        var list = new List<LayerTensors>();
        for (var i = 0; i < layers; i++)
        {
            LinearTensors Linear(string name, int rows, int columns) => new(tensors.Matrix($"blk.{i}.{name}.weight", rows, columns), tensors.Find($"blk.{i}.{name}.bias", rows));
            GgufTensor Norm(string name, int size) => tensors.Vector($"blk.{i}.{name}.weight", size);
            list.Add(new(
                Norm("attn_norm", hidden), Linear("attn_q", width, hidden), Linear("attn_k", keyWidth, hidden), Linear("attn_v", keyWidth, hidden), Linear("attn_output", hidden, width),
                hasHeadNorms ? Norm("attn_q_norm", headSize) : null, hasHeadNorms ? Norm("attn_k_norm", headSize) : null,
                Norm("ffn_norm", hidden), Linear("ffn_gate", inner, hidden), Linear("ffn_up", inner, hidden), Linear("ffn_down", hidden, inner)));
        }

        var outputNorm = tensors.Vector("output_norm.weight", hidden);
        var head = file.Tensors.ContainsKey("output.weight") ? tensors.Matrix("output.weight", (int)embedding.Rows, hidden) : null;
        var factors = tensors.Find("rope_freqs.weight", headSize / 2);
        if (tensors.Unused() is { } other)
        {
            throw new FormatException($"it has a tensor {GgufFile.Short(other)}, which is not known for {architecture}");
        }

        var frequencyBase = keys.Real("rope.freq_base") ?? 10_000;
        var window = keys.Size("attention.sliding_window", int.MaxValue) is > 0 and var given ? given : int.MaxValue;
        return new()
        {
            Architecture = architecture,
            Hidden = hidden,
            Inner = inner,
            Heads = heads,
            KeyHeads = keyHeads,
            HeadSize = headSize,
            StatedContext = context,
            Context = Math.Min(Math.Min(context, window), maxContext),
            Vocabulary = (int)embedding.Rows,
            Epsilon = epsilon,
            Frequencies = Rotary.Frequencies(frequencyBase, headSize, keys.LinearScale(), factors is null ? null : GgufRows.Vector(file, factors)),
            FrequencyBase = frequencyBase,
            Embedding = embedding,
            OutputNorm = outputNorm,
            Head = head,
            Layers = list,
        };
    }

    private IEnumerable<GgufTensor> Used() => Layers
        .SelectMany(layer => new[] { layer.Query, layer.Key, layer.Value, layer.Output, layer.Gate, layer.Up, layer.Down }
            .SelectMany(linear => new[] { linear.Weight, linear.Bias })
            .Concat([layer.AttentionNorm, layer.QueryNorm, layer.KeyNorm, layer.ForwardNorm]))
        .Concat([Embedding, OutputNorm, Head])
        .OfType<GgufTensor>();

    private static FormatException Missing(string key) => new($"it does not state {key}");

    /// <summary>The keys of one architecture.</summary>
    private sealed class Keys(GgufFile file, string architecture)
    {
        public int Need(string name, int most) => Size(name, most) ?? throw Missing($"{architecture}.{name}");

        public int? Size(string name, int most)
        {
            var key = $"{architecture}.{name}";
            if (file.Metadata.GetValueOrDefault(key) is long[])
            {
                throw new FormatException($"its {key} differs from layer to layer, which is not known");
            }

            var size = file.Number(key);
            return size is 0 && name is "expert_count" or "attention.sliding_window" ? 0
                : size is 0 || size > most ? throw new FormatException($"its {key} is {size}, which cannot be") : size;
        }

        public double? Real(string name)
        {
            var value = file.Real($"{architecture}.{name}");
            return value is null or (> 0 and < 1e15) ? value : throw new FormatException($"its {architecture}.{name} is no number that can be");
        }

        /// <summary>By how much positions are divided; 1 where they are not.</summary>
        public double LinearScale()
        {
            var type = file.Text($"{architecture}.rope.scaling.type") ?? "none";
            var factor = Real("rope.scaling.factor") ?? Real("rope.scale_linear") ?? 1;
            return type switch
            {
                "none" => file.Metadata.ContainsKey($"{architecture}.rope.scaling.type") ? 1 : factor,
                "linear" => factor,
                _ => throw new FormatException($"its positions are scaled by '{GgufFile.Short(type)}'; only linear scaling is known"),
            };
        }
    }

    /// <summary>The tensors by name, held against the sizes they must have.</summary>
    private sealed class Tensors(GgufFile file)
    {
        private readonly HashSet<string> used = new(StringComparer.Ordinal);

        public GgufTensor Matrix(string name, int? rows, int columns) =>
            Take(name) is not { } tensor ? throw new FormatException($"it has no tensor {name}")
            : tensor.Columns != columns || (rows is not null && tensor.Rows != rows)
                ? throw new FormatException($"its tensor {name} is of {tensor.Rows} × {tensor.Columns}, not {(rows is null ? "" : rows + " × ")}{columns}") : tensor;

        public GgufTensor Vector(string name, int size) => Matrix(name, 1, size);

        public GgufTensor? Find(string name, int size) => file.Tensors.ContainsKey(name) ? Vector(name, size) : null;

        public string? Unused() => file.Tensors.Keys.FirstOrDefault(name => !used.Contains(name));

        private GgufTensor? Take(string name)
        {
            used.Add(name);
            return file.Tensors.GetValueOrDefault(name);
        }
    }
}
