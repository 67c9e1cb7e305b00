namespace Rag.Inference.Tests.Tokenizers;

/// <summary>Texts of words, signs, many scripts, blanks of all kinds and names of control tokens; always the same ones.</summary>
internal static class RandomTexts
{
    private static readonly string[] Parts =
    [
        "the", "Hi", "user", "sea", "theatre", "er", "e", "s", " ", " ", " ", "  ", "\n", "\r\n", "\t", "\0", ".", "1/2", "ß", "e\u0301", "東京", "Ελ", "\u00a0", "😀", "👩‍👧", "\ufffd", "<s>", "</s>",
        "<unk>", "[INST]", "<|end|>", "<0x41>", "<start_of_turn>",
    ];

    public static IEnumerable<string> Make(int count, int seed = 11)
    {
        var random = new Random(seed);
        for (var round = 0; round < count; round++)
        {
            yield return string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Parts[random.Next(Parts.Length)]));
        }
    }
}
