using System.Text.Json;
using Rag.Inference.Models;

namespace Rag.Inference.Tokenizers;

/// <summary>BERT's tokenizer as a <c>tokenizer.json</c> describes it.</summary>
internal static class WordPieceFile
{
    /// <exception cref="FormatException">Not BERT's: another one would cut differently without a sign of it.</exception>
    public static WordPieceTokenizer Parse(ReadOnlyMemory<byte> json)
    {
        using var file = JsonDocument.Parse(json);
        var root = file.RootElement;
        var model = root.GetProperty("model");
        var normalizer = root.GetProperty("normalizer");
        if (Text(model, "type") != "WordPiece" || Text(normalizer, "type") != "BertNormalizer" || Text(root.GetProperty("pre_tokenizer"), "type") != "BertPreTokenizer"
            || !normalizer.GetProperty("clean_text").GetBoolean())
        {
            throw new FormatException("The tokenizer is not BERT's.");
        }

        var pieces = model.GetProperty("vocab").EnumerateObject().ToDictionary(piece => piece.Value.GetInt32(), piece => piece.Name);
        var vocabulary = new string[pieces.Keys.Max() + 1];
        for (var id = 0; id < vocabulary.Length; id++)
        {
            vocabulary[id] = pieces.GetValueOrDefault(id) ?? $"[gap {id}]";   // brackets stand alone, so no text gives it
        }

        var lowercase = normalizer.GetProperty("lowercase").GetBoolean();
        return new WordPieceTokenizer(vocabulary, new ManifestTokenizer
        {
            Type = "wordpiece",
            Lowercase = lowercase,
            StripAccents = normalizer.TryGetProperty("strip_accents", out var strip) && strip.ValueKind is JsonValueKind.True or JsonValueKind.False ? strip.GetBoolean() : lowercase,
            SplitCjk = normalizer.GetProperty("handle_chinese_chars").GetBoolean(),
            ContinuingPrefix = Text(model, "continuing_subword_prefix") ?? "##",
            MaxCharsPerWord = model.TryGetProperty("max_input_chars_per_word", out var most) ? most.GetInt32() : 100,
            Unk = Text(model, "unk_token") ?? "[UNK]",
        });
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
