using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rag.Inference.Tokenizers;

/// <summary>The parts of a <c>tokenizer.json</c> that a byte-level BPE needs.</summary>
/// <param name="AddedTokens">Control tokens; their texts are never looked for in content.</param>
internal sealed record BytePairFile(
    [property: JsonPropertyName("added_tokens")] AddedToken[] AddedTokens,
    [property: JsonPropertyName("pre_tokenizer")] JsonElement PreTokenizer,
    [property: JsonPropertyName("normalizer")] JsonElement Normalizer,
    [property: JsonPropertyName("model")] BytePairFile.PairModel Model)
{
    private const string Cl100k = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>How a text is cut before pairs are merged.</summary>
    [JsonIgnore]
    public BytePairCut Cut { get; init; }

    /// <summary>Whether a text is brought to Unicode's form C first.</summary>
    [JsonIgnore]
    public bool Composes { get; init; }

    /// <param name="Merges">Pairs, best first; each <c>["a","b"]</c> or <c>"a b"</c>.</param>
    public sealed record PairModel(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("vocab")] Dictionary<string, int> Vocab,
        [property: JsonPropertyName("merges")] JsonElement[] Merges,
        [property: JsonPropertyName("ignore_merges")] bool IgnoreMerges = false,
        [property: JsonPropertyName("byte_fallback")] bool ByteFallback = false);

    /// <exception cref="FormatException">Not a tokenizer this library knows. Another one would count and cut differently without a sign of it.</exception>
    public static BytePairFile Parse(ReadOnlySpan<byte> json)
    {
        var file = JsonSerializer.Deserialize<BytePairFile>(json) ?? throw new FormatException("The tokenizer's file is empty.");
        var cut = CutOf(file.PreTokenizer);
        var composes = file.Normalizer.ValueKind == JsonValueKind.Object && Type(file.Normalizer) == "NFC";
        return cut is { } known && file.Model is { Type: "BPE", ByteFallback: false } && (composes || file.Normalizer.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            ? file with { Cut = known, Composes = composes }
            : throw new FormatException("The tokenizer is not a byte-level BPE of a kind that is known (GPT-2, SmolLM2, Llama 3, Qwen 2).");
    }

    private static BytePairCut? CutOf(JsonElement cutter)
    {
        if (cutter.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        JsonElement[] steps = cutter.TryGetProperty("pretokenizers", out var list) ? [.. list.EnumerateArray()] : [cutter];
        return steps switch
        {
            [var bytes] when Bytes(bytes, true) => BytePairCut.Gpt2,
            [var digits, var bytes] when Is(digits, "Digits", "individual_digits", true) && Bytes(bytes, true) => BytePairCut.Gpt2DigitsAlone,
            [var split, var bytes] when Is(split, "Split", "invert", false) && split.GetProperty("behavior").GetString() == "Isolated" && Bytes(bytes, false) =>
                Expression(split) switch
                {
                    Cl100k + @"\p{N}{1,3}" + Rest => BytePairCut.ThreeDigits,
                    Cl100k + @"\p{N}" + Rest => BytePairCut.OneDigit,
                    _ => null,
                },
            _ => null,
        };
    }

    private static string? Expression(JsonElement split) => split.TryGetProperty("pattern", out var pattern) && pattern.TryGetProperty("Regex", out var text) ? text.GetString() : null;

    private static bool Bytes(JsonElement step, bool regex) =>
        Is(step, "ByteLevel", "add_prefix_space", false) && (step.TryGetProperty("use_regex", out var found) ? found.GetBoolean() : true) == regex;

    private static string? Type(JsonElement step) => step.TryGetProperty("type", out var type) ? type.GetString() : null;

    public static (string Left, string Right) Pair(JsonElement merge)
    {
        if (merge.ValueKind == JsonValueKind.Array)
        {
            return (merge[0].GetString()!, merge[1].GetString()!);
        }

        var parts = merge.GetString()!.Split(' ', 2);
        return (parts[0], parts[1]);
    }

    private static bool Is(JsonElement step, string type, string property, bool value) =>
        Type(step) == type && step.TryGetProperty(property, out var found) && found.GetBoolean() == value;
}
