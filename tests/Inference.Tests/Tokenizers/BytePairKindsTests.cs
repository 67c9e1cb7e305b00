using System.Text;
using System.Text.RegularExpressions;
using Rag.Inference.Tests.Models;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Tokenizers;

/// <summary>Kinds of byte-level BPE beside the shipped model's. .NET's regular expressions are the oracle where they see the same characters.</summary>
public sealed class BytePairKindsTests
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    [Theory]
    [InlineData(0, Gpt2)]
    [InlineData(2, TinyModels.Llama3)]
    [InlineData(3, @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    public void Cut_OfRandomTexts_IsTheExpressions(int cut, string expression)
    {
        const string signs = "aZé東'sTrevVldmLM  \t\n\r019½-.,!(_\"\u0301\u00a0\u2028";
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => signs[random.Next(signs.Length)]));
            Assert.Equal(Regex.Matches(text, expression).Select(match => match.Value), Words(text, (BytePairCut)cut));
        }
    }

    [Theory]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", BytePairCutName.ThreeDigits)]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", BytePairCutName.OneDigit)]
    public void Parse_KnowsTheExpression(string expression, string name) =>
        Assert.Equal(name, BytePairFile.Parse(TinyModels.Tokenizer([], TinyModels.Splitting(expression))).Cut.ToString());

    [Fact]
    public void Parse_AnotherExpression_IsRefused() =>
        Assert.Throws<FormatException>(() => BytePairFile.Parse(TinyModels.Tokenizer([], TinyModels.Splitting(@"\p{L}+|\s+"))));

    [Fact]
    public void Parse_SentencePieceModel_IsRefused() =>
        Assert.Throws<FormatException>(() => BytePairFile.Parse(TinyModels.Tokenizer([], null, new { type = "BPE", byte_fallback = true, vocab = TinyModels.Bytes(), merges = Array.Empty<string>() })));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encode_WholeWordInTheVocabulary_IsOneTokenWhereMergesAreIgnored(bool ignores)
    {
        var vocabulary = TinyModels.Bytes();
        vocabulary["ab"] = 256;
        vocabulary["Ġabc"] = 257;
        var tokenizer = new BytePairTokenizer(BytePairFile.Parse(TinyModels.Tokenizer(
            [], null, new { type = "BPE", ignore_merges = ignores, vocab = vocabulary, merges = new[] { "a b" } })));
        int[] expected = ignores ? [256, 257] : [256, ' ', 256, 'c'];
        Assert.Equal(expected, tokenizer.Encode("ab abc"));
    }

    [Fact]
    public void AddedToken_ThatIsNotSpecial_IsReadButNeverMade()
    {
        var tokenizer = new BytePairTokenizer(BytePairFile.Parse(Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(TinyModels.Tokenizer(["<tool>"])).Replace("\"special\":true", "\"special\":false", StringComparison.Ordinal))));
        Assert.Empty(tokenizer.ControlIds);
        Assert.Equal("<tool>", Encoding.UTF8.GetString(tokenizer.Bytes(256)));
        Assert.DoesNotContain(256, tokenizer.Encode("<tool>"));
    }

    [Fact]
    public void Encode_WithNormalizer_ComposesFirst()
    {
        var composing = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(TinyModels.Tokenizer([])).Replace("\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\"}", StringComparison.Ordinal));
        Assert.Equal([0xC3, 0xA9], new BytePairTokenizer(BytePairFile.Parse(composing)).Encode("e\u0301"));
        Assert.Equal(3, new BytePairTokenizer(BytePairFile.Parse(TinyModels.Tokenizer([]))).Encode("e\u0301").Count);
    }

    [Fact]
    public void WordPieceFile_OfTheShippedModel_CutsAsItsVocabularyDoes()
    {
        var folder = ShippedModels.EmbeddingFolder;
        var fromFile = WordPieceFile.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "tokenizer.json")));
        var fromVocabulary = TokenizerLoader.WordPiece(folder);
        foreach (var text in new[] { "Hello, World! naïve Ünïcode 東京 12.5% [CLS] \u00a0x", new string('a', 120), "" })
        {
            Assert.Equal(fromVocabulary.EncodeForModel(text, 64), fromFile.EncodeForModel(text, 64));
        }
    }

    private static IEnumerable<string> Words(string text, BytePairCut cut)
    {
        while (text.Length > 0)
        {
            var length = BytePairWords.FirstLength(text, cut);
            yield return text[..length];
            text = text[length..];
        }
    }

    private static class BytePairCutName
    {
        public const string ThreeDigits = nameof(BytePairCut.ThreeDigits);
        public const string OneDigit = nameof(BytePairCut.OneDigit);
    }
}
