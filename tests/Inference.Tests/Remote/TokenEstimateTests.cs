using Rag.Inference.Remote;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Remote;

public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("word", 1)]
    [InlineData("words here", 3)]
    [InlineData("2026", 4)]
    [InlineData("a, b", 3)]
    [InlineData("    x", 2)]
    [InlineData("ü", 1)]
    [InlineData("水", 2)]
    public void Count_FollowsItsRules(string text, int tokens) => Assert.Equal(tokens, TokenEstimate.Instance.Count(text));

    [Theory]
    [InlineData("The tower was finished in 1889 and is 330 metres tall; nearly seven million people climb it each year.")]
    [InlineData("Der Dampfschifffahrtsgesellschaft gehörten vierzehn Schiffe, die zwischen Regensburg und Wien verkehrten.")]
    [InlineData("Les élèves de troisième année étudient l'œuvre complète, à l'exception des poèmes posthumes.")]
    [InlineData("Москва — столица России, город федерального значения.")]
    [InlineData("東京は日本の首都であり、世界最大の都市圏の一つである。")]
    [InlineData("if (x == null) { throw new ArgumentNullException(nameof(x)); } // see RFC 2616, §4.2")]
    [InlineData("| name | default | bounds |\n|---|---|---|\n| `MaxQueueLength` | 8 | 0 – 1000 |")]
    public void Count_ErrsUpwards_ForTokenizersThatAreHere(string text)
    {
        var estimate = TokenEstimate.Instance.Count(text);
        Assert.InRange(TokenizerLoader.BytePair(ShippedModels.ChatFolder).Encode(text).Count, 0, estimate);
        Assert.InRange(TokenizerLoader.WordPiece(ShippedModels.EmbeddingFolder).Encode(text).Count, 0, estimate);
    }

    [Fact]
    public void Count_OfPlainEnglish_IsNotTwiceTheTruth()
    {
        const string text = "The tower was finished in the spring of that year and is three hundred metres tall; nearly seven million people climb it.";
        Assert.InRange(TokenEstimate.Instance.Count(text), 1, 2 * TokenizerLoader.BytePair(ShippedModels.ChatFolder).Encode(text).Count);
    }

    [Theory]
    [InlineData("words here", 2, "words")]
    [InlineData("a😀b", 2, "a")]
    [InlineData("a b", 9, "a b")]
    public void Cut_KeepsWholeCharacters(string text, int most, string kept)
    {
        Assert.Equal(kept, TokenEstimate.Cut(text, most).TrimEnd());
        Assert.InRange(TokenEstimate.Instance.Count(TokenEstimate.Cut(text, most)), 0, most);
    }
}
