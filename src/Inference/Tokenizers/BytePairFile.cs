using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rag.Inference.Tokenizers;

/// <summary>The parts of a <c>tokenizer.json</c> that a byte-level BPE needs.</summary>
/// <param name="AddedTokens">Control tokens; their texts are never looked for in content.</param>
internal sealed record BytePairFile(
    [property: JsonPropertyName("added_tokens")] BytePairFile.AddedToken[] AddedTokens,
    [property: JsonPropertyName("pre_tokenizer")] JsonElement PreTokenizer,
    [property: JsonPropertyName("normalizer")] JsonElement Normalizer,
    [property: JsonPropertyName("model")] BytePairFile.PairModel Model)
{
    public sealed record AddedToken([property: JsonPropertyName("id")] int Id, [property: JsonPropertyName("content")] string Content);

    /// <param name="Merges">Pairs, best first; each <c>["a","b"]</c> or <c>"a b"</c>.</param>
    public sealed record PairModel(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("vocab")] Dictionary<string, int> Vocab,
        [property: JsonPropertyName("merges")] JsonElement[] Merges);

    /// <exception cref="FormatException">Not a tokenizer this library knows. Another one would count and cut differently without a sign of it.</exception>
    public static BytePairFile Parse(ReadOnlySpan<byte> json)
    {
        var file = JsonSerializer.Deserialize<BytePairFile>(json) ?? throw new FormatException("The tokenizer's file is empty.");
        var digitsThenBytes = file.PreTokenizer is { ValueKind: JsonValueKind.Object } cutter
            && cutter.TryGetProperty("pretokenizers", out var steps) && steps.GetArrayLength() == 2
            && Is(steps[0], "Digits", "individual_digits", true)
            && Is(steps[1], "ByteLevel", "use_regex", true) && Is(steps[1], "ByteLevel", "add_prefix_space", false);
        return digitsThenBytes && file.Model.Type == "BPE" && (file.Normalizer.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            ? file
            : throw new FormatException("The tokenizer is not a byte-level BPE with digits alone, the only kind known so far.");
    }

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
        step.GetProperty("type").GetString() == type && step.TryGetProperty(property, out var found) && found.GetBoolean() == value;
}
