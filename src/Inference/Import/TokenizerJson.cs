using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rag.Inference.Import;

/// <summary>
/// Writes the <c>tokenizer.json</c> that a GGUF file's vocabulary stands for, as Hugging Face's tokenizers have it. Which expression cuts a text is known by the name in
/// <c>tokenizer.ggml.pre</c>; another name is refused, since a text that is cut otherwise gives other tokens without a sign of it.
/// </summary>
internal static class TokenizerJson
{
    private const string Cl100k = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly string[] Cuts = ["gpt-2", "smollm", "llama-bpe", "llama3", "llama-v3", "qwen2", "deepseek-r1-qwen"];

    /// <exception cref="FormatException">A tokenizer that is not known; the message names it, as the end of a sentence.</exception>
    public static byte[] Write(GgufFile file, GgufVocabulary vocabulary)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            AddedTokens(json, vocabulary);
            switch (vocabulary.Model)
            {
                case "gpt2":
                    ByteLevel(json, file, vocabulary);
                    break;
                case "llama":
                    SentencePiece(json, file, vocabulary);
                    break;
                default:
                    throw new FormatException($"its tokenizer is of the kind '{GgufFile.Short(vocabulary.Model)}'; known are gpt2 and llama");
            }

            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void AddedTokens(Utf8JsonWriter json, GgufVocabulary vocabulary)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartArray("added_tokens");
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            if (!seen.Add(vocabulary.Tokens[id]))
            {
                throw new FormatException($"its vocabulary holds {GgufFile.Short(vocabulary.Tokens[id])} twice; it is damaged");
            }

            if (vocabulary.IsControl(id) || vocabulary.IsUserDefined(id))
            {
                json.WriteStartObject();
                json.WriteNumber("id", id);
                json.WriteString("content", vocabulary.Tokens[id]);
                json.WriteBoolean("single_word", false);
                json.WriteBoolean("lstrip", false);
                json.WriteBoolean("rstrip", false);
                json.WriteBoolean("normalized", false);
                json.WriteBoolean("special", vocabulary.IsControl(id));
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void ByteLevel(Utf8JsonWriter json, GgufFile file, GgufVocabulary vocabulary)
    {
        var cut = file.Text("tokenizer.ggml.pre") ?? throw new FormatException("it does not state how its tokenizer cuts a text (tokenizer.ggml.pre); convert it again with a newer llama.cpp");
        var merges = file.Texts("tokenizer.ggml.merges") ?? throw new FormatException("its tokenizer has no merges");
        if (!Cuts.Contains(cut))
        {
            throw new FormatException($"its tokenizer cuts a text by '{GgufFile.Short(cut)}'; known are {string.Join(", ", Cuts)}");
        }

        if (merges.FirstOrDefault(merge => merge.Count(' ') != 1) is { } wrong)
        {
            throw new FormatException($"its tokenizer has a merge '{GgufFile.Short(wrong)}', which is no pair; it is damaged");
        }

        Object(json, "normalizer", cut is "qwen2" or "deepseek-r1-qwen" ? """{"type":"NFC"}""" : "null");
        Object(json, "pre_tokenizer", cut switch
        {
            "gpt-2" => Bytes(cuts: true),
            "smollm" => Sequence("""{"type":"Digits","individual_digits":true}""", Bytes(cuts: true)),
            "qwen2" or "deepseek-r1-qwen" => Sequence(Split(Cl100k + @"\p{N}" + Rest), Bytes(cuts: false)),
            _ => Sequence(Split(Cl100k + @"\p{N}{1,3}" + Rest), Bytes(cuts: false)),
        });
        Object(json, "decoder", Bytes(cuts: true));
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", cut is "llama-bpe" or "llama3" or "llama-v3");
        Vocabulary(json, vocabulary, id => vocabulary.IsNormal(id));
        json.WriteStartArray("merges");
        Array.ForEach(merges, json.WriteStringValue);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void SentencePiece(Utf8JsonWriter json, GgufFile file, GgufVocabulary vocabulary)
    {
        var scores = file.Reals("tokenizer.ggml.scores") ?? throw new FormatException("its tokenizer has no scores");
        if (scores.Length != vocabulary.Tokens.Count || Array.Exists(scores, double.IsNaN))
        {
            throw new FormatException("the scores of its tokenizer do not fit its tokens; it is damaged");
        }

        const string replace = """{"type":"Replace","pattern":{"String":" "},"content":"▁"}""";
        var opens = file.Flag("tokenizer.ggml.add_space_prefix", true);
        Object(json, "normalizer", opens ? Steps("normalizers", """{"type":"Prepend","prepend":"▁"}""", replace) : Steps("normalizers", replace));
        Object(json, "pre_tokenizer", "null");
        // Only a blank that was put before a text is taken off again.
        string[] decoding = ["""{"type":"Replace","pattern":{"String":"▁"},"content":" "}""", """{"type":"ByteFallback"}""", """{"type":"Fuse"}"""];
        Object(json, "decoder", Steps("decoders", opens ? [.. decoding, """{"type":"Strip","content":" ","start":1,"stop":0}"""] : decoding));
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteBoolean("byte_fallback", true);
        json.WriteBoolean("fuse_unk", true);
        if (Enumerable.Range(0, scores.Length).Where(vocabulary.IsUnknown).Select(id => vocabulary.Tokens[id]).FirstOrDefault() is { } unknown)
        {
            json.WriteString("unk_token", unknown);
        }

        Vocabulary(json, vocabulary, id => !vocabulary.IsUnused(id));
        json.WriteStartArray("merges");
        foreach (var (left, right) in PieceMerges.Derive(vocabulary, scores))
        {
            json.WriteStringValue($"{left} {right}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Vocabulary(Utf8JsonWriter json, GgufVocabulary vocabulary, Func<int, bool> isIn)
    {
        json.WriteStartObject("vocab");
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            if (isIn(id))
            {
                json.WriteNumber(vocabulary.Tokens[id], id);
            }
        }

        json.WriteEndObject();
    }

    private static void Object(Utf8JsonWriter json, string name, string value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value);
    }

    private static string Bytes(bool cuts) => $$"""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":{{(cuts ? "true" : "false")}}}""";

    private static string Split(string expression) =>
        $$"""{"type":"Split","pattern":{"Regex":{{JsonSerializer.Serialize(expression)}}},"behavior":"Isolated","invert":false}""";

    private static string Sequence(params string[] steps) => Steps("pretokenizers", steps);

    private static string Steps(string name, params string[] steps) => $$"""{"type":"Sequence","{{name}}":[{{string.Join(',', steps)}}]}""";
}
