using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rag.Inference.Models;

/// <summary>What a model is for.</summary>
public enum ModelKind
{
    Chat,
    Embedding,
}

/// <summary>How token vectors become one vector per text.</summary>
internal enum PoolingKind
{
    Cls,
    Mean,
    Last,
}

/// <summary>The content of a model folder's <c>model.json</c>.</summary>
internal sealed record ModelManifest
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public required string Id { get; init; }
    public required ModelKind Kind { get; init; }
    public required Dictionary<string, ManifestFile> Files { get; init; }
    public required ManifestTokenizer Tokenizer { get; init; }
    public string License { get; init; } = "";
    public string? DisplayName { get; init; }
    public ManifestSource? Source { get; init; }
    public ManifestGraphs Graphs { get; init; } = new();

    // Chat
    public long Parameters { get; init; }
    public int ContextLength { get; init; }
    public int VocabularySize { get; init; }
    public string[] Languages { get; init; } = [];
    public ManifestTemplate? ChatTemplate { get; init; }
    public int[] StopTokens { get; init; } = [];
    public AnswerStyle AnswerStyle { get; init; } = AnswerStyle.Quote;
    public ManifestSampling Sampling { get; init; } = new();

    // Embedding
    public int Dimensions { get; init; }
    public int MaxTokens { get; init; }
    public PoolingKind Pooling { get; init; } = PoolingKind.Mean;
    public bool Normalize { get; init; } = true;
    public string QueryPrefix { get; init; } = "";
    public string PassagePrefix { get; init; } = "";
    public ManifestOutput? Output { get; init; }

    /// <summary>A sentence about a manifest that was read off the other files, for the status page; null where the folder has its own.</summary>
    [JsonIgnore]
    public string? Inferred { get; init; }

    /// <summary>As stated, else as the id tells by the custom of embedding models ("bge-small-en-v1.5"); empty where neither does.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> KnownLanguages =>
        Languages.Length > 0 ? Languages : [.. Id.ToLowerInvariant().Split('-', '_', '.').Where(part => part is "en" or "zh" or "de" or "fr" or "es").Distinct()];

    [JsonIgnore]
    public string Title => DisplayName ?? Source?.Model?.Split('/')[^1] ?? Id;

    public static ModelManifest Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<ModelManifest>(json, Json) ?? throw new JsonException("The file holds no object.");
}

/// <param name="Sha256">Lower-case hexadecimal.</param>
internal sealed record ManifestFile(string Sha256, long Bytes);

/// <param name="File">Of an imported model: the file it was made of.</param>
internal sealed record ManifestSource(string? Model, string? File = null);

internal sealed record ManifestGraphs
{
    /// <summary>The graph with fp32 activations.</summary>
    public string Cpu { get; init; } = "model.onnx";

    /// <summary>The graph with fp16 activations; null: none is stated. See <see cref="ModelFolder.CudaGraph"/>.</summary>
    public string? Cuda { get; init; }
}

/// <param name="Family">A name of <see cref="Chat.ChatFamily"/>.</param>
/// <param name="DefaultSystem">What the model was trained to see when a conversation has no system message.</param>
internal sealed record ManifestTemplate(string Family, string? DefaultSystem);

internal sealed record ManifestSampling
{
    public float Temperature { get; init; }
    public float RepetitionPenalty { get; init; } = 1;
}

internal sealed record ManifestOutput(string Name, bool Pooled, bool Normalized);

internal sealed record ManifestTokenizer
{
    /// <summary><c>bpe-bytelevel</c>, <c>bpe-sentencepiece</c>, <c>wordpiece</c> or <c>unigram</c>; a chat model has one of the first two.</summary>
    public required string Type { get; init; }

    // All but WordPiece
    public string File { get; init; } = "tokenizer.json";

    // WordPiece
    public string Vocab { get; init; } = "vocab.txt";   // or tokenizer.json
    public bool Lowercase { get; init; } = true;
    public bool StripAccents { get; init; } = true;
    public bool SplitCjk { get; init; } = true;
    public string ContinuingPrefix { get; init; } = "##";
    public int MaxCharsPerWord { get; init; } = 100;
    public string Unk { get; init; } = "[UNK]";
    public string Cls { get; init; } = "[CLS]";
    public string Sep { get; init; } = "[SEP]";
    public string Pad { get; init; } = "[PAD]";
}
