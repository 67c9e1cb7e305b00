namespace Rag.Inference.Import;

/// <summary>The words of a GGUF file by id, and what the conversation needs of them. Keys: ggml's <c>docs/gguf.md</c>.</summary>
internal sealed record GgufVocabulary
{
    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, ByteToken = 6;

    // Tokens that end an answer wherever they are control tokens, as llama.cpp sees it.
    private static readonly string[] Endings = ["<|im_end|>", "<|eot_id|>", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "<end_of_turn>", "</s>"];

    private static readonly string[] StopKeys = ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"];

    private readonly string[] tokens;
    private readonly long[]? types;

    private GgufVocabulary(string[] tokens, long[]? types)
    {
        (this.tokens, this.types) = (tokens, types);
    }

    public IReadOnlyList<string> Tokens => tokens;

    /// <summary><c>gpt2</c> (byte-level BPE) or <c>llama</c> (SentencePiece).</summary>
    public required string Model { get; init; }

    public required int[] StopTokens { get; init; }

    public required string Template { get; init; }

    /// <exception cref="FormatException">The message says what is missing or does not fit, as the end of a sentence.</exception>
    public static GgufVocabulary Read(GgufFile file, int rows)
    {
        var model = file.Text("tokenizer.ggml.model") ?? throw new FormatException("it has no tokenizer");
        var tokens = file.Texts("tokenizer.ggml.tokens") ?? throw new FormatException("it has no tokens");
        var types = file.Numbers("tokenizer.ggml.token_type");
        if (tokens.Length == 0 || tokens.Length > rows || (types is not null && types.Length != tokens.Length))
        {
            throw new FormatException($"its vocabulary does not fit: {tokens.Length} tokens, {types?.Length ?? tokens.Length} types, {rows} rows of the embedding");
        }

        var template = file.Text("tokenizer.chat_template");
        return new(tokens, types)
        {
            Model = model,
            Template = string.IsNullOrWhiteSpace(template) ? throw new FormatException("it has no chat template, so it is no model to talk to") : template,
            StopTokens = Stops(file, tokens, types),
        };
    }

    public bool IsNormal(int id) => Type(id) == Normal;

    /// <summary>A token that stands for one byte, as <c>&lt;0x0A&gt;</c>.</summary>
    public bool IsByte(int id) => Type(id) == ByteToken;

    public bool IsUnused(int id) => Type(id) == Unused;

    public bool IsUnknown(int id) => Type(id) == Unknown;

    /// <summary>A control token, never written out.</summary>
    public bool IsControl(int id) => Type(id) is Control or Unknown;

    /// <summary>A token that is found as a whole, and may be part of an answer.</summary>
    public bool IsUserDefined(int id) => Type(id) == UserDefined;

    private long Type(int id) => types?[id] ?? Normal;

    private static int[] Stops(GgufFile file, string[] tokens, long[]? types)
    {
        var stops = StopKeys.Select(file.Number).OfType<int>().Where(id => id < tokens.Length).ToList();
        for (var id = 0; types is not null && id < tokens.Length; id++)
        {
            if (types[id] is Control or UserDefined && Endings.Contains(tokens[id]))
            {
                stops.Add(id);
            }
        }

        return stops.Count > 0 ? [.. stops.Distinct()] : throw new FormatException("it does not state which token ends an answer");
    }
}
