using System.Text.Json;
using Rag.Inference.Tokenizers;
using static Rag.Inference.Tests.Models.OnnxWriter;

namespace Rag.Inference.Tests.Models;

/// <summary>Random models of two layers in the layouts of the exporters, a few kilobytes each; gone after the test.</summary>
internal sealed class TinyModels : IDisposable
{
    public const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    public const int Vocabulary = 272;   // 256 bytes, then control tokens
    public const int Hidden = 32;
    public const int PieceRows = 288;   // of a graph for TinyPieces
    public const int EncoderTokens = 32;   // rows; a dozen have a piece

    private const int Heads = 2;
    private const int HeadSize = 16;

    public string Root { get; } = Directory.CreateTempSubdirectory("rag-tiny-").FullName;

    /// <summary>A decoder with GroupQueryAttention.</summary>
    /// <param name="positions">The graph wants position_ids and adds a vector for each.</param>
    /// <param name="choosesLogits">The graph has num_logits_to_keep; else it gives the logits of every token.</param>
    public static void WriteDecoder(string path, bool positions, bool choosesLogits, int vocabulary = Vocabulary)
    {
        using var graph = new OnnxWriter();
        graph.Input("input_ids", Long, "batch", "sequence").Input("attention_mask", Long, "batch", "total");
        var state = graph.Node("Gather", "embedded", graph.Weights("words", vocabulary, Hidden), "input_ids");
        if (positions)
        {
            graph.Input("position_ids", Long, "batch", "sequence");
            state = graph.Node("Add", "placed", state, graph.Node("Gather", "places", graph.Weights("positions", 128, Hidden), "position_ids"));
        }

        var one = graph.Constant("one", 1);
        var axis = graph.Constant("axis", 1, 1);
        var sum = graph.Node("ReduceSum", ["attention_mask", axis], ["row_sum"], "", ("keepdims", 0));
        var last = graph.Node("Cast", [graph.Node("Sub", "last64", sum, one)], ["last"], "", ("to", Integer));
        var total = graph.Node("Cast", [graph.Node("Gather", "total64", graph.Node("Shape", "mask_shape", "attention_mask"), one)], ["total_length"], "", ("to", Integer));
        for (var layer = 0; layer < 2; layer++)
        {
            graph.Input($"past_key_values.{layer}.key", Float, "batch", 1, "past", HeadSize).Input($"past_key_values.{layer}.value", Float, "batch", 1, "past", HeadSize);
            var query = graph.Node("MatMul", $"q{layer}", state, graph.Weights($"wq{layer}", Hidden, Heads * HeadSize));
            var key = graph.Node("MatMul", $"k{layer}", state, graph.Weights($"wk{layer}", Hidden, HeadSize));
            var value = graph.Node("MatMul", $"v{layer}", state, graph.Weights($"wv{layer}", Hidden, HeadSize));
            var attention = graph.Node(
                "GroupQueryAttention", [query, key, value, $"past_key_values.{layer}.key", $"past_key_values.{layer}.value", last, total],
                [$"attention{layer}", $"present.{layer}.key", $"present.{layer}.value"], "com.microsoft", ("num_heads", Heads), ("kv_num_heads", 1));
            state = graph.Node("Add", $"state{layer}", state, attention);
            graph.Output($"present.{layer}.key", Float, "batch", 1, "total", HeadSize).Output($"present.{layer}.value", Float, "batch", 1, "total", HeadSize);
        }

        if (choosesLogits)
        {
            graph.Input("num_logits_to_keep", Long);
            var from = graph.Node("Unsqueeze", "from", graph.Node("Neg", "minus", "num_logits_to_keep"), graph.Constant("zero", 0, 1));
            state = graph.Node("Slice", "kept", state, from, graph.Constant("end", long.MaxValue, 1), axis);
        }

        graph.Node("MatMul", "logits", state, graph.Weights("head", Hidden, vocabulary));
        graph.Output("logits", Float, "batch", "rows", vocabulary).Save(path);
    }

    /// <summary>A BERT-like encoder folder whose token vectors are rows of a table: what its pooling must give can be told by hand.</summary>
    /// <param name="pooling">The flag of 1_Pooling/config.json; null: no such file.</param>
    public string AddEncoder(string name, string? pooling)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        using var graph = new OnnxWriter();
        graph.Input("input_ids", Long, "batch", "sequence").Input("attention_mask", Long, "batch", "sequence").Input("token_type_ids", Long, "batch", "sequence");
        graph.Node("Gather", "last_hidden_state", graph.Weights("words", 8, Hidden), "input_ids");
        graph.Node("ReduceSum", ["last_hidden_state", graph.Constant("axis", 1, 1)], ["pooler_output"], "", ("keepdims", 0));   // a decoy: one vector per text that is none of the poolings
        graph.Output("pooler_output", Float, "batch", Hidden).Output("last_hidden_state", Float, "batch", "sequence", Hidden).Save(Path.Combine(folder, "onnx", "model.onnx"));
        Write(folder, "config.json", new { model_type = "bert", hidden_size = Hidden, max_position_embeddings = 16 });
        Write(folder, "tokenizer.json", new
        {
            normalizer = new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = (bool?)null, lowercase = true },
            pre_tokenizer = new { type = "BertPreTokenizer" },
            model = new
            {
                type = "WordPiece", unk_token = "[UNK]", continuing_subword_prefix = "##",
                vocab = new Dictionary<string, int> { ["[PAD]"] = 0, ["[UNK]"] = 1, ["[CLS]"] = 2, ["[SEP]"] = 3, ["sea"] = 4, ["##side"] = 5, ["the"] = 6 },
            },
        });
        if (pooling is not null)
        {
            Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
            Write(folder, "1_Pooling/config.json", new Dictionary<string, bool> { [pooling] = true });
        }

        return folder;
    }

    /// <summary>An XLM-R-like encoder folder with a Unigram tokenizer; its token vectors are rows of a table.</summary>
    /// <param name="sums">The graph gives one vector per text, the sum of its row whatever the mask says.</param>
    public string AddMultilingualEncoder(string name, bool sums = false)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        using var graph = new OnnxWriter();
        graph.Input("input_ids", Long, "batch", "sequence").Input("attention_mask", Long, "batch", "sequence");
        graph.Node("Gather", "last_hidden_state", graph.Weights("words", EncoderTokens, Hidden), "input_ids");
        if (sums)
        {
            graph.Node("ReduceSum", ["last_hidden_state", graph.Constant("axis", 1, 1)], ["sentence_embedding"], "", ("keepdims", 0));
            graph.Output("sentence_embedding", Float, "batch", Hidden);
        }

        graph.Output("last_hidden_state", Float, "batch", "sequence", Hidden).Save(Path.Combine(folder, "onnx", "model.onnx"));
        Write(folder, "config.json", new { model_type = "xlm-roberta", hidden_size = Hidden, max_position_embeddings = 18, pad_token_id = 1 });
        (string Piece, double Score)[] pieces = [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), ("▁", -3), ("▁the", -4), ("▁sea", -5), ("side", -6), ("s", -9), ("e", -9), ("<", -9), ("<mask>", 0)];
        Write(folder, "tokenizer.json", new
        {
            added_tokens = new[] { 0, 1, 2, 3, pieces.Length - 1 }.Select(id => new { id, content = pieces[id].Piece, lstrip = id > 3, special = true }),
            normalizer = (object?)null,
            pre_tokenizer = new { type = "Sequence", pretokenizers = new object[] { new { type = "WhitespaceSplit" }, new { type = "Metaspace", replacement = "▁", add_prefix_space = true } } },
            post_processor = new
            {
                type = "TemplateProcessing",
                single = new object[] { new { SpecialToken = new { id = "<s>", type_id = 0 } }, new { Sequence = new { id = "A", type_id = 0 } }, new { SpecialToken = new { id = "</s>", type_id = 0 } } },
                special_tokens = new Dictionary<string, object> { ["<s>"] = new { id = "<s>", ids = new[] { 0 }, tokens = new[] { "<s>" } }, ["</s>"] = new { id = "</s>", ids = new[] { 2 }, tokens = new[] { "</s>" } } },
            },
            model = new { type = "Unigram", unk_id = 3, vocab = pieces.Select(piece => new object[] { piece.Piece, piece.Score }) },
        });
        return folder;
    }

    /// <summary>A folder of the onnx-community layout: config.json, tokenizer files, graphs in onnx/.</summary>
    public string AddOnnxCommunity(string name, string template, string[] control, bool positions = true, bool choosesLogits = false)
    {
        var folder = Folder(name, template, Tokenizer(control));
        WriteDecoder(Path.Combine(folder, "onnx", "model.onnx"), positions, choosesLogits);
        WriteConfig(folder, Vocabulary, 257);
        Write(folder, "generation_config.json", new { eos_token_id = new[] { 257, 256 } });
        return folder;
    }

    /// <summary>Likewise, with a tokenizer of fewer than <see cref="PieceRows"/> tokens.</summary>
    public string AddOnnxCommunity(string name, string template, byte[] tokenizer)
    {
        var folder = Folder(name, template, tokenizer);
        WriteDecoder(Path.Combine(folder, "onnx", "model.onnx"), positions: true, choosesLogits: false, PieceRows);
        WriteConfig(folder, PieceRows, 2);
        return folder;
    }

    /// <summary>A folder of the onnxruntime-genai layout: genai_config.json, everything in one folder.</summary>
    public string AddGenai(string name, string template, string[] control)
    {
        var folder = Folder(name, template, Tokenizer(control));
        WriteDecoder(Path.Combine(folder, "decoder.onnx"), positions: true, choosesLogits: false);
        Write(folder, "genai_config.json", new
        {
            model = new { context_length = 128, vocab_size = Vocabulary, eos_token_id = 257, type = "llama", decoder = new { filename = "decoder.onnx" } },
        });
        return folder;
    }

    /// <summary>A byte-level tokenizer without merges: one token per byte, then the control tokens from 256 on.</summary>
    public static byte[] Tokenizer(string[] control, object? preTokenizer = null, object? model = null) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        added_tokens = control.Select((content, index) => new { id = 256 + index, content, special = true }),
        normalizer = (object?)null,
        pre_tokenizer = preTokenizer ?? Splitting(Llama3),
        model = model ?? new { type = "BPE", vocab = Bytes(), merges = Array.Empty<string>() },
    });

    public static Dictionary<string, int> Bytes() => Enumerable.Range(0, 256).ToDictionary(value => ByteAlphabet.Character((byte)value).ToString());

    public static object Splitting(string expression) => new
    {
        type = "Sequence",
        pretokenizers = new object[]
        {
            new { type = "Split", pattern = new { Regex = expression }, behavior = "Isolated", invert = false },
            new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = false },
        },
    };

    public static void Write(string folder, string name, object content) => File.WriteAllBytes(Path.Combine(folder, name), JsonSerializer.SerializeToUtf8Bytes(content));

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void WriteConfig(string folder, int vocabulary, int end) => Write(folder, "config.json", new
    {
        model_type = "llama", hidden_size = Hidden, intermediate_size = 0, num_hidden_layers = 2, num_attention_heads = Heads,
        num_key_value_heads = 1, max_position_embeddings = 128, vocab_size = vocabulary, eos_token_id = end, tie_word_embeddings = false,
    });

    private string Folder(string name, string template, byte[] tokenizer)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        File.WriteAllBytes(Path.Combine(folder, "tokenizer.json"), tokenizer);
        Write(folder, "tokenizer_config.json", new { chat_template = template });
        return folder;
    }
}
