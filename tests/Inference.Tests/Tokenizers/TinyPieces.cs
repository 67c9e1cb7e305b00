using System.Text.Json;

namespace Rag.Inference.Tests.Tokenizers;

/// <summary>A SentencePiece BPE of 280 tokens and more: control tokens, one token per byte, ten letters, thirteen pieces. Every piece has one merge, and the better one stands first.</summary>
/// <param name="Control">The first ids; with <c>&lt;unk&gt;</c>.</param>
internal sealed record TinyPieces(params string[] Control)
{
    private static readonly (string Left, string Right)[] Merges =
    [
        ("t", "h"), ("th", "e"), ("▁", "the"), ("H", "i"), ("▁", "Hi"), ("e", "r"), ("u", "s"), ("us", "er"), ("▁", "user"), ("e", "a"), ("s", "ea"), ("▁", "sea"), ("▁the", "sea"),
    ];

    /// <summary>Llama 2, Mistral 0.1, Phi-3: a blank before every text between control tokens.</summary>
    public object? Normalizer { get; init; } = new { type = "Sequence", normalizers = new object[] { new { type = "Prepend", prepend = "▁" }, Blanks } };

    public object? PreTokenizer { get; init; }

    /// <summary>The decoder takes a blank from the beginning.</summary>
    public bool Strips { get; init; } = true;

    public string[] LeftStrips { get; init; } = [];

    public string[] RightStrips { get; init; } = [];

    public string[] MoreLetters { get; init; } = [];

    /// <summary>By id.</summary>
    public string[] Tokens =>
    [
        .. Control, .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), "▁", "t", "h", "e", "i", "H", "s", "u", "r", "a", .. MoreLetters, .. Merges.Select(pair => pair.Left + pair.Right),
    ];

    private static object Blanks => new { type = "Replace", pattern = new { String = " " }, content = "▁" };

    public static TinyPieces Gemma => new("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>")
    {
        Normalizer = Blanks,
        PreTokenizer = new { type = "Split", pattern = new { String = " " }, behavior = "MergedWithPrevious", invert = false },
        Strips = false,
        MoreLetters = ["\n"],
    };

    /// <summary>Of version 0.3, where the instruction's marks became tokens.</summary>
    public static TinyPieces Mistral => new("<unk>", "<s>", "</s>", "[INST]", "[/INST]")
    {
        Normalizer = null,
        PreTokenizer = new { type = "Metaspace", replacement = "▁", prepend_scheme = "first", split = false },
    };

    public static TinyPieces Phi3 => new("<unk>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
    {
        RightStrips = ["</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"],
    };

    /// <summary>Ids by name; of what has no token, one per byte.</summary>
    public int[] Ids(params string[] pieces)
    {
        var tokens = Tokens;
        return [.. pieces.SelectMany(piece => Array.IndexOf(tokens, piece) is var id and >= 0
            ? [id]
            : System.Text.Encoding.UTF8.GetBytes(piece).Select(value => Array.IndexOf(tokens, $"<0x{value:X2}>")))];
    }

    public byte[] Json()
    {
        var steps = new List<object> { new { type = "Replace", pattern = new { String = "▁" }, content = " " }, new { type = "ByteFallback" }, new { type = "Fuse" } };
        if (Strips)
        {
            steps.Add(new { type = "Strip", content = " ", start = 1, stop = 0 });
        }

        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            version = "1.0",
            added_tokens = Control.Select((content, id) => new
            {
                id, content, single_word = false, lstrip = LeftStrips.Contains(content), rstrip = RightStrips.Contains(content), normalized = false, special = true,
            }),
            normalizer = Normalizer,
            pre_tokenizer = PreTokenizer,
            post_processor = (object?)null,
            decoder = new { type = "Sequence", decoders = steps },
            model = new
            {
                type = "BPE", dropout = (object?)null, unk_token = "<unk>", fuse_unk = true, byte_fallback = true, ignore_merges = false,
                vocab = Tokens.Select((token, id) => KeyValuePair.Create(token, id)).ToDictionary(),
                merges = Merges.Select(pair => new[] { pair.Left, pair.Right }),
            },
        });
    }
}
