using System.Text.Json;
using Rag.Inference.Chat;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Models;

/// <summary>
/// The manifest of a folder that has no <c>model.json</c>, from what exporters write: <c>onnx-community</c> (<c>config.json</c>, graphs in <c>onnx/</c>) and
/// <c>onnxruntime-genai</c> (<c>genai_config.json</c>). What cannot be known is refused by name, never guessed.
/// </summary>
internal sealed class ManifestInference(string folder, int maxContext)
{
    private const string Genai = "genai_config.json";
    private const string Config = "config.json";
    private const long ComposesFrom = 800_000_000;   // parameters: "about 1B and up"

    // Fewer bits first: on a CPU, reading the weights is the time. Graphs with fp16 activations are for a graphics card.
    private static readonly string[] ChatGraphs = ["model_q4.onnx", "model_quantized.onnx", "model_int8.onnx", "model_uint8.onnx", "model.onnx"];
    private static readonly string[] CudaGraphs = [ModelFolder.HalfGraph, "model_q4f16.onnx"];
    private static readonly string[] EmbeddingGraphs = ["model.onnx", "model_quantized.onnx", "model_int8.onnx", "model_uint8.onnx"];

    public static bool IsModelFolder(string folder) => File.Exists(Path.Combine(folder, Config)) || File.Exists(Path.Combine(folder, Genai));

    public static AnswerStyle StyleOf(long parameters) => parameters >= ComposesFrom ? AnswerStyle.Compose : AnswerStyle.Quote;

    /// <exception cref="FormatException">The sentence says what is missing or not known.</exception>
    /// <exception cref="JsonException">One of the files is damaged.</exception>
    public ModelManifest Infer(ModelKind kind) => kind == ModelKind.Embedding ? Embedding() : File.Exists(Path.Combine(folder, Genai)) ? GenaiChat() : Chat();

    private ModelManifest Chat()
    {
        var config = Read(Config);
        var generation = Find("generation_config.json");
        return Chat(
            "onnx-community",
            new() { Cpu = Graph(ChatGraphs) ?? throw new FormatException($"there is no {ChatGraphs[0]} or {ChatGraphs[^1]} in it or in its folder onnx"), Cuda = Graph(CudaGraphs) },
            Number(config, "max_position_embeddings") ?? throw Missing(Config, "max_position_embeddings"),
            Number(config, "vocab_size") ?? throw Missing(Config, "vocab_size"),
            [.. Numbers(generation, "eos_token_id"), .. Numbers(config, "eos_token_id")],
            Parameters(config));
    }

    private ModelManifest GenaiChat()
    {
        var model = Property(Read(Genai), "model") ?? throw Missing(Genai, "model");
        var decoder = Property(model, "decoder") ?? throw Missing(Genai, "model.decoder");
        return Chat(
            "onnxruntime-genai",
            new() { Cpu = Text(decoder, "filename") ?? throw Missing(Genai, "model.decoder.filename") },
            Number(model, "context_length") ?? throw Missing(Genai, "model.context_length"),
            Number(model, "vocab_size") ?? throw Missing(Genai, "model.vocab_size"),
            Numbers(model, "eos_token_id"),
            Parameters(Find(Config)));
    }

    private ModelManifest Chat(string layout, ManifestGraphs graphs, int context, int vocabulary, int[] stops, long parameters)
    {
        var template = File.Exists(InFolder("chat_template.jinja")) ? File.ReadAllText(InFolder("chat_template.jinja")) : TemplateOf(Find("tokenizer_config.json"));
        var family = ChatFamily.Detect(template ?? throw new FormatException("it has no chat template, so it is no model to talk to"))
            ?? throw new FormatException($"its chat template is of no family that is known ({string.Join(", ", ChatFamily.Names)})");
        var tokenizer = Tokenizer(TokenizerLoader.ByteLevel, TokenizerLoader.SentencePiece);
        var used = Math.Min(context, maxContext);
        return new()
        {
            Id = Path.GetFileName(folder),
            Kind = ModelKind.Chat,
            Files = [],
            Tokenizer = tokenizer,
            Graphs = graphs,
            Parameters = parameters,
            ContextLength = used,
            VocabularySize = vocabulary,
            ChatTemplate = new(family, null),
            StopTokens = [.. stops.Distinct()],
            AnswerStyle = StyleOf(parameters),
            Inferred = $"No model.json: read as {layout}, chat template {family}, {graphs.Cpu}, {used} of {context} tokens of context. Its files are not checked.",
        };
    }

    private ModelManifest Embedding()
    {
        var config = Read(Config);
        var pooling = Find("1_Pooling/config.json");
        var kind = Is(pooling, "pooling_mode_cls_token") ? PoolingKind.Cls
            : Is(pooling, "pooling_mode_lasttoken") ? PoolingKind.Last
            : pooling is null || Is(pooling, "pooling_mode_mean_tokens") ? PoolingKind.Mean
            : throw new FormatException("its pooling is neither the mean, the first nor the last token");
        var prompts = Property(Find("config_sentence_transformers.json"), "prompts");
        var positions = Number(config, "max_position_embeddings");
        // RoBERTa and its kin count positions from behind the padding's id: of 514 there are 512.
        positions -= Text(config, "model_type") is "roberta" or "xlm-roberta" or "camembert" ? (Number(config, "pad_token_id") ?? 1) + 1 : 0;
        var stated = Number(Find("sentence_bert_config.json"), "max_seq_length");
        var limit = Math.Min(stated ?? int.MaxValue, positions ?? stated ?? throw Missing(Config, "max_position_embeddings"));
        var tokenizer = Tokenizer(TokenizerLoader.WordPieces, TokenizerLoader.Unigram, TokenizerLoader.SentencePiece, TokenizerLoader.ByteLevel);
        var graph = Graph(EmbeddingGraphs) ?? throw new FormatException($"there is no {EmbeddingGraphs[0]} in it or in its folder onnx");
        return new()
        {
            Id = Path.GetFileName(folder),
            Kind = ModelKind.Embedding,
            Files = [],
            Tokenizer = tokenizer,
            Graphs = new() { Cpu = graph },
            Dimensions = Number(config, "hidden_size") ?? throw Missing(Config, "hidden_size"),
            MaxTokens = Math.Min(limit, maxContext),
            Pooling = kind,
            QueryPrefix = Text(prompts, "query") ?? "",
            PassagePrefix = Text(prompts, "document") ?? Text(prompts, "passage") ?? "",
            Inferred = $"No model.json: {graph}, pooling {kind.ToString().ToLowerInvariant()}{(pooling is null ? " (not stated, assumed)" : "")}. Its files are not checked.",
        };
    }

    private string? Graph(string[] names) => names
        .SelectMany(name => new[] { "onnx/" + name, name })
        .FirstOrDefault(name => File.Exists(InFolder(name)));

    private ManifestTokenizer Tokenizer(params string[] usable)
    {
        var file = Read("tokenizer.json");
        var found = Text(Property(file, "model"), "type");
        var type = found switch
        {
            "WordPiece" => TokenizerLoader.WordPieces,
            "Unigram" => TokenizerLoader.Unigram,
            "BPE" => SentencePieceFile.IsByteLevel(new(file, "")) ? TokenizerLoader.ByteLevel : TokenizerLoader.SentencePiece,
            _ => null,
        };
        return usable.Contains(type)
            ? new() { Type = type!, Vocab = "tokenizer.json" }
            : throw new FormatException($"its tokenizer is of the type {found ?? "(none)"}, and {string.Join(" or ", usable)} is needed");
    }

    /// <summary>Rough: weights of attention, feed-forward and vocabulary of a Llama-like decoder. 0 where the sizes are not stated.</summary>
    private static long Parameters(JsonElement? config)
    {
        long Size(string name, long otherwise = 0) => Number(config, name) ?? otherwise;
        var (hidden, heads) = (Size("hidden_size"), Size("num_attention_heads", 1));
        var headSize = Size("head_dim", hidden / Math.Max(1, heads));
        var attention = 2 * hidden * headSize * (heads + Size("num_key_value_heads", heads));
        var forward = 3 * hidden * Size("intermediate_size");
        return (Size("num_hidden_layers") * (attention + forward)) + (Size("vocab_size") * hidden * (Is(config, "tie_word_embeddings") ? 1 : 2));
    }

    // A text, or a list of named ones.
    private static string? TemplateOf(JsonElement? config) => Property(config, "chat_template") is not { } template ? null
        : template.ValueKind == JsonValueKind.String ? template.GetString()
        : template.ValueKind == JsonValueKind.Array ? template.EnumerateArray().Where(t => Text(t, "name") == "default").Select(t => Text(t, "template")).FirstOrDefault()
        : null;

    private string InFolder(string name) => Path.Combine(folder, name);

    private JsonElement Read(string name) => Find(name) ?? throw new FormatException($"it has no {name}");

    private JsonElement? Find(string name)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(InFolder(name)));
            return json.RootElement.Clone();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static JsonElement? Property(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement? parent, string name) => Property(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool Is(JsonElement? parent, string name) => Property(parent, name) is { ValueKind: JsonValueKind.True };

    private static int? Number(JsonElement? parent, string name) =>
        Property(parent, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value > 0 ? value : null;

    private static int[] Numbers(JsonElement? parent, string name) => Property(parent, name) switch
    {
        { ValueKind: JsonValueKind.Number } one => [one.GetInt32()],
        { ValueKind: JsonValueKind.Array } many => [.. many.EnumerateArray().Select(n => n.GetInt32())],
        _ => [],
    };

    private static FormatException Missing(string file, string name) => new($"its {file} does not say {name}");
}
