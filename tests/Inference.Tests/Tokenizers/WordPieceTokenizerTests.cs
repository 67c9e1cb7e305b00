using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Tokenizers;

public sealed class WordPieceTokenizerTests
{
    private static readonly WordPieceTokenizer Tokenizer = TokenizerLoader.WordPiece(ShippedModels.EmbeddingFolder);

    private sealed record Row(int Id, string Group, string Text, int[] Ids);

    [Fact]
    public void Encode_GoldenTexts_GivesTheReferenceIds()
    {
        var rows = Golden.Lines<Row>("embedder/tokens.jsonl").Where(r => r.Group is not ("newer Unicode" or "special names")).ToArray();
        Assert.True(rows.Length > 240);
        Assert.All(rows, row => Assert.Equal(row.Ids, Tokenizer.EncodeForModel(row.Text, 512)));
    }

    [Fact]
    public void Encode_NamesOfControlTokens_GiveNoControlId()
    {
        var rows = Golden.Lines<Row>("embedder/tokens.jsonl").Where(r => r.Group == "special names").ToArray();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.DoesNotContain(Tokenizer.Encode(row.Text), id => id is 0 or (>= 100 and <= 103)));
    }

    [Fact]
    public void Encode_LoneSurrogates_VanishAndDoNotThrow() =>
        Assert.Equal(Tokenizer.Encode("ab"), Tokenizer.Encode("a\uD800b\uDC00"));

    [Fact]
    public void Encode_MegabyteWithoutBlank_IsOneUnknownWord() =>
        Assert.Equal([100], Tokenizer.Encode(new string('a', 1 << 20)));
}
