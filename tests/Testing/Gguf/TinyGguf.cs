namespace Rag.Testing.Gguf;

/// <summary>What a small random model is like.</summary>
public sealed record TinyShape
{
    public string Architecture { get; init; } = "llama";
    public string Type { get; init; } = "F32";
    public int Hidden { get; init; } = 64;
    public int Inner { get; init; } = 96;
    public int Heads { get; init; } = 4;
    public int KeyHeads { get; init; } = 2;
    public int HeadSize { get; init; } = 16;
    public int Layers { get; init; } = 2;
    public int Seed { get; init; } = 7;
    public bool Tied { get; init; }
    public bool Factors { get; init; }
    public float LinearScale { get; init; } = 1;
    public float FrequencyBase { get; init; } = 10_000;
    public int Context { get; init; } = 256;

    /// <summary>Matrices are zeros that take no place on the disk: a large file at once, for what is about time and space.</summary>
    public bool Hollow { get; init; }

    /// <summary>256 bytes, then two control tokens and an unused one.</summary>
    public const int Vocabulary = 288;

    public bool HasBias => Architecture == "qwen2";

    public bool HasHeadNorms => Architecture == "qwen3";
}

/// <summary>A random model of that shape: the file, and the numbers its weights stand for.</summary>
public sealed class TinyGguf
{
    public const string ChatMl = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}";
    public const int End = 257;

    private readonly Random random;

    public TinyGguf(TinyShape shape)
    {
        Shape = shape;
        random = new(shape.Seed);
        Metadata();
        var (width, keyWidth) = (shape.Heads * shape.HeadSize, shape.KeyHeads * shape.HeadSize);
        Matrix("token_embd.weight", TinyShape.Vocabulary, shape.Hidden);
        Norm("output_norm.weight", shape.Hidden);
        if (!shape.Tied)
        {
            Matrix("output.weight", TinyShape.Vocabulary, shape.Hidden);
        }

        if (shape.Factors)
        {
            Vector("rope_freqs.weight", [.. Enumerable.Range(0, shape.HeadSize / 2).Select(i => i < 3 ? 1f : 1 + (i / 2f))]);
        }

        for (var i = 0; i < shape.Layers; i++)
        {
            var layer = $"blk.{i}.";
            Norm(layer + "attn_norm.weight", shape.Hidden);
            Norm(layer + "ffn_norm.weight", shape.Hidden);
            Matrix(layer + "attn_q.weight", width, shape.Hidden);
            Matrix(layer + "attn_k.weight", keyWidth, shape.Hidden);
            Matrix(layer + "attn_v.weight", keyWidth, shape.Hidden);
            Matrix(layer + "attn_output.weight", shape.Hidden, width);
            Matrix(layer + "ffn_gate.weight", shape.Inner, shape.Hidden);
            Matrix(layer + "ffn_up.weight", shape.Inner, shape.Hidden);
            Matrix(layer + "ffn_down.weight", shape.Hidden, shape.Inner);
            if (shape.HasBias)
            {
                Norm(layer + "attn_q.bias", width);
                Norm(layer + "attn_k.bias", keyWidth);
                Norm(layer + "attn_v.bias", keyWidth);
            }

            if (shape.HasHeadNorms)
            {
                Norm(layer + "attn_q_norm.weight", shape.HeadSize);
                Norm(layer + "attn_k_norm.weight", shape.HeadSize);
            }
        }
    }

    public TinyShape Shape { get; }

    public GgufWriter File { get; } = new();

    /// <summary>By tensor name, row by row.</summary>
    public Dictionary<string, float[]> Weights { get; } = [];

    private void Metadata()
    {
        var a = Shape.Architecture;
        File.Add("general.architecture", a).Add("general.name", "Tiny Test Model").Add("general.license", "mit").Add("general.languages", new[] { "en", "de" })
            .Add($"{a}.context_length", Shape.Context).Add($"{a}.embedding_length", Shape.Hidden).Add($"{a}.block_count", Shape.Layers).Add($"{a}.feed_forward_length", Shape.Inner)
            .Add($"{a}.attention.head_count", Shape.Heads).Add($"{a}.attention.head_count_kv", Shape.KeyHeads).Add($"{a}.attention.key_length", Shape.HeadSize)
            .Add($"{a}.attention.value_length", Shape.HeadSize).Add($"{a}.rope.dimension_count", Shape.HeadSize).Add($"{a}.rope.freq_base", Shape.FrequencyBase)
            .Add($"{a}.attention.layer_norm_rms_epsilon", 1e-5f).Add($"{a}.vocab_size", TinyShape.Vocabulary);
        if (Shape.LinearScale != 1)
        {
            File.Add($"{a}.rope.scaling.type", "linear").Add($"{a}.rope.scaling.factor", Shape.LinearScale);
        }

        string[] tokens =
        [
            .. Alphabet(), "<|im_start|>", "<|im_end|>", "<tool>", "th", "the",
            .. Enumerable.Range(261, TinyShape.Vocabulary - 261).Select(i => $"[PAD{i}]"),
        ];
        File.Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", a == "llama" ? "llama-bpe" : "qwen2").Add("tokenizer.ggml.tokens", tokens)
            .Add("tokenizer.ggml.token_type", Enumerable.Range(0, tokens.Length).Select(i => i is 256 or 257 ? 3 : i == 258 ? 4 : i > 260 ? 5 : 1).ToArray())
            .Add("tokenizer.ggml.merges", new[] { "t h", "th e" }).Add("tokenizer.ggml.eos_token_id", End).Add("tokenizer.ggml.bos_token_id", End)
            .Add("tokenizer.ggml.add_bos_token", false).Add("tokenizer.chat_template", ChatMl);
    }

    // GPT-2's one printable character per byte: what prints in Latin-1 stands for itself, the others take the characters from U+0100 on, in order.
    private static IEnumerable<string> Alphabet()
    {
        var next = 0x100;
        return Enumerable.Range(0, 256).Select(b => ((char)(b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? b : next++)).ToString());
    }

    private void Matrix(string name, int rows, int columns)
    {
        if (Shape.Hollow)
        {
            File.Hollow(name, RandomBlocks.Code(Shape.Type), RandomBlocks.Bytes(Shape.Type, (long)rows * columns), columns, rows);
            return;
        }

        var (bytes, numbers) = RandomBlocks.Make(Shape.Type, rows * columns, random);
        Weights[name] = numbers;
        File.Tensor(name, RandomBlocks.Code(Shape.Type), bytes, columns, rows);
    }

    private void Norm(string name, int size) => Vector(name, [.. Enumerable.Range(0, size).Select(_ => 0.5f + random.NextSingle())]);

    private void Vector(string name, float[] numbers)
    {
        Weights[name] = numbers;
        File.Tensor(name, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(numbers).ToArray(), numbers.Length);
    }
}
