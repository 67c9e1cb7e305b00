using System.Text.Json;

namespace Rag.Inference.Tokenizers;

/// <summary>SentencePiece's BPE as a <c>tokenizer.json</c> describes it: Llama 2, Mistral, Gemma, Phi-3.</summary>
/// <param name="Merges">Pairs, best first.</param>
/// <param name="Unknown">Token of what has neither a token nor bytes; null: it is left out.</param>
/// <param name="ByteFallback">A character without a token becomes its bytes, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</param>
/// <param name="FusesUnknown">Unknown characters in a row are one token.</param>
/// <param name="IgnoresMerges">A piece that is in the vocabulary is one token, whatever the merges say.</param>
/// <param name="LeadingBlanks">Spaces that the decoder takes from the beginning.</param>
internal sealed record SentencePieceFile(
    AddedTokens Added, TextNormalizer Normalizer, TextCutter Cutter, Dictionary<string, int> Vocabulary, IReadOnlyList<(string Left, string Right)> Merges, int? Unknown,
    bool ByteFallback, bool FusesUnknown, bool IgnoresMerges, int LeadingBlanks)
{
    /// <exception cref="FormatException">Not a tokenizer this library knows. Another one would count and cut differently without a sign of it.</exception>
    /// <exception cref="JsonException">Damaged.</exception>
    public static SentencePieceFile Parse(ReadOnlyMemory<byte> json) => TokenizerPart.Read(json, Read);

    /// <summary>Whether a BPE works on bytes (GPT-2 and later) or on characters (SentencePiece).</summary>
    public static bool IsByteLevel(TokenizerPart root)
    {
        bool Has(TokenizerPart? part, string list) => part is { } found && (found.Type == "ByteLevel" || (found.Type == "Sequence" && found.Get(list).List().Any(inner => inner.Type == "ByteLevel")));
        return Has(root.Find("pre_tokenizer"), "pretokenizers") || Has(root.Find("decoder"), "decoders");
    }

    private static SentencePieceFile Read(TokenizerPart root)
    {
        var model = root.Get("model");
        if (model.Type != "BPE" || IsByteLevel(root))
        {
            throw new FormatException("The tokenizer is no SentencePiece BPE.");
        }

        model.Only("vocab", "merges", "unk_token", "byte_fallback", "fuse_unk", "ignore_merges", "continuing_subword_prefix", "end_of_word_suffix");
        if (model.FindText("continuing_subword_prefix") is { Length: > 0 } || model.FindText("end_of_word_suffix") is { Length: > 0 })
        {
            throw new FormatException("A BPE with marks at the beginning or the end of words is not known.");
        }

        var vocabulary = model.Get("vocab").Numbers();
        var unknown = model.FindText("unk_token");
        var normalizer = new TextNormalizer(root.Find("normalizer"));
        var bytes = model.Flag("byte_fallback", false);
        return new(
            new(root.AddedTokens()),
            normalizer,
            new(root.Find("pre_tokenizer"), normalizer),
            vocabulary,
            [.. model.Get("merges").List().Select(Pair)],
            unknown is null ? null : vocabulary.TryGetValue(unknown, out var found) ? found : throw new FormatException($"The vocabulary lacks '{unknown}'."),
            bytes,
            model.Flag("fuse_unk", false),
            model.Flag("ignore_merges", false),
            Blanks(root.Get("decoder"), bytes));
    }

    // ["a","b"] or "a b"
    private static (string Left, string Right) Pair(TokenizerPart merge)
    {
        var parts = merge.Json.ValueKind switch
        {
            JsonValueKind.String => merge.Json.GetString()!.Split(' '),
            JsonValueKind.Array => [.. merge.List().Select(part => part.Json.GetString() ?? "")],
            _ => [],
        };
        return parts is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right) : throw new FormatException("A merge is no pair.");
    }

    // U+2581 to a space, bytes to characters, all to one text, and perhaps blanks off its beginning.
    private static int Blanks(TokenizerPart decoder, bool bytes)
    {
        var steps = decoder.Type == "Sequence" ? decoder.Get("decoders").List() : [decoder];
        if (steps is not [{ Type: "Replace" } replace, ..] || replace.Get("pattern").FindText("String") != TextNormalizer.Blank.ToString() || replace.Text("content") != " ")
        {
            throw decoder.Unknown();
        }

        return (bytes, steps[1..]) switch
        {
            (true, [{ Type: "ByteFallback" }, { Type: "Fuse" }]) or (false, [{ Type: "Fuse" }]) => 0,
            (true, [{ Type: "ByteFallback" }, { Type: "Fuse" }, { Type: "Strip" } strip]) when IsLeading(strip) => strip.FindNumber("start") ?? 0,
            (false, [{ Type: "Fuse" }, { Type: "Strip" } strip]) when IsLeading(strip) => strip.FindNumber("start") ?? 0,
            _ => throw decoder.Unknown(),
        };
    }

    private static bool IsLeading(TokenizerPart strip) => strip.Text("content") == " " && strip.FindNumber("stop") is null or 0;
}
