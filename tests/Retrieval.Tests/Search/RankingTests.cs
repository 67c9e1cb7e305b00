using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Tests.Search;

public sealed class RankingTests
{
    private static readonly SourceDocument Document = new(DocumentId.New(), 1, "t", "t.txt", "");

    [Fact]
    public void Fusion_AddsTheSharesOfBothLists()
    {
        var fused = RankFusion.Fuse([new(1, 0.9), new(2, 0.8)], [new(2, 7), new(3, 5)], 1, 2);

        Assert.Equal([2, 3, 1], fused.Select(hit => hit.Row));
        Assert.Equal((1d / 61) + (2d / 60), fused[0].Score, 12);
        Assert.Equal(new FusedHit(3, null, null, 2, 5, 2d / 61), fused[1]);
        Assert.Equal(new FusedHit(1, 1, 0.9, null, null, 1d / 60), fused[2]);
    }

    [Fact]
    public void Fusion_OfNothing_IsNothing() => Assert.Empty(RankFusion.Fuse([], [], 1, 1));

    [Fact]
    public void Merge_JoinsNeighboursAndKeepsTheOrderOfTheBest()
    {
        var drafts = NeighbourMerge.Merge([Chunk(7, 5), Chunk(2, 4), Chunk(8, 3), Chunk(5, 2), Chunk(1, 1)]);

        Assert.Equal(["7 8", "1 2", "5"], drafts.Select(Ordinals));
        Assert.Equal(7, drafts[0].Best.Ordinal);
    }

    [Fact]
    public void Merge_ThatClosesAGap_JoinsThree() => Assert.Equal(["1 2 3"], NeighbourMerge.Merge([Chunk(1, 3), Chunk(3, 2), Chunk(2, 1)]).Select(Ordinals));

    [Fact]
    public void Merge_OfALongRun_StopsAtThree()
    {
        var drafts = NeighbourMerge.Merge([.. Enumerable.Range(1, 7).Select(i => Chunk(i, 10 - i))]);

        Assert.Equal(["1 2 3", "4 5 6", "7"], drafts.Select(Ordinals));
    }

    [Fact]
    public void Merge_AcrossDocumentsOrGenerations_DoesNotHappen()
    {
        var other = Chunk(2, 2) with { Document = Document with { Id = DocumentId.New() } };
        var older = Chunk(2, 1) with { Document = Document with { Generation = 2 } };

        Assert.Equal(3, NeighbourMerge.Merge([Chunk(1, 3), other, older]).Count);
    }

    [Fact]
    public void Floor_CountsTheRareTermsOfTheQuestion()
    {
        var weights = new Dictionary<string, double> { ["sale"] = 1, ["moon"] = 3 };

        Assert.Equal(1, RelevanceFloor.TermShare(["sale", "moon"], weights, [Set("sale", "moon")]), 12);
        Assert.Equal(0.25, RelevanceFloor.TermShare(["sale", "moon"], weights, [Set("sale")]), 12);
        Assert.Equal(0.75, RelevanceFloor.TermShare(["sale", "moon"], weights, [Set("moon")]), 12);
        // Scattered over passages is not together: the first, and the fullest, each count by themselves.
        Assert.Equal(0.75, RelevanceFloor.TermShare(["sale", "moon"], weights, [Set("moon"), Set("sale")]), 12);
        Assert.Equal(0.5, RelevanceFloor.TermShare(["sale", "moon"], weights, [Set("sale"), Set("moon")]), 12);
        Assert.Equal(0, RelevanceFloor.TermShare(["sale"], weights, []));
        Assert.Equal(0, RelevanceFloor.TermShare([], weights, [Set("sale")]));
    }

    [Fact]
    public void Floor_WordsAboutAsking_DoNotCount() =>
        Assert.Equal(1, RelevanceFloor.TermShare(["summar", "document", "sale"], new Dictionary<string, double>(), [Set("sale")]), 12);

    [Fact]
    public void Floor_WordsAboutTheTask_CountLittle() =>
        Assert.Equal(0.8, RelevanceFloor.TermShare(["analyz", "sale"], new Dictionary<string, double>(), [Set("sale")]), 12);

    [Fact]
    public void Floor_OfAKnownEmbedder_WeighsCosineAndTerms()
    {
        var floor = RelevanceFloor.For("bge-small-en-v1.5-int8");

        Assert.Equal(2.75, RelevanceFloor.Sum(0.75, 0.5), 12);
        Assert.True(RelevanceFloor.IsAnswerable(floor, 0.75, 0.5));
        Assert.False(RelevanceFloor.IsAnswerable(floor, 0.6, 0.5));
    }

    [Fact]
    public void Floor_OfAnUnknownEmbedder_GoesByTheTermsAlone()
    {
        Assert.Null(RelevanceFloor.For("some-other-model"));
        Assert.True(RelevanceFloor.IsAnswerable(null, 0.1, 0.5));
        Assert.False(RelevanceFloor.IsAnswerable(null, 0.99, 0.4));
    }

    [Theory]
    [InlineData("How many of them were sold?", true)]
    [InlineData("Why?", true)]
    [InlineData("And Amazon?", true)]
    [InlineData("What about the second quarter?", true)]
    [InlineData("When was it founded?", true)]
    [InlineData("Did that change in 2023?", true)]
    [InlineData("What was the reason for this?", true)]
    [InlineData("How did its revenue develop last year?", true)]
    [InlineData("How many shares of its common stock did Apple repurchase?", false)]
    [InlineData("What were Apple's total net sales in the quarter?", false)]
    [InlineData("What does this document say about warranty periods?", false)]
    [InlineData("Which risks does the report say that suppliers face?", false)]
    public void Question_LeansBackOrStandsAlone(string question, bool leans) => Assert.Equal(leans, FollowUp.LeansBack(question));

    [Fact]
    public void FollowUp_IsSearchedWithWhatItLeansOn()
    {
        const string First = "How many shares did Apple repurchase?";

        Assert.Equal("What is the tax rate of Amazon?", FollowUp.Compose("What is the tax rate of Amazon?", [First]));
        Assert.Equal($"{First} And when was it?", FollowUp.Compose("And when was it?", ["Who is the CEO of Apple?", First]));
        Assert.Equal($"{First} And when was it? Why?", FollowUp.Compose(" Why? ", [First, "And when was it?"]));
        Assert.Equal("Why?", FollowUp.Compose("Why?", []));
    }

    [Fact]
    public void FollowUp_TermsOfEarlierQuestions_CountLess()
    {
        var weights = new Dictionary<string, double> { ["appl"] = 2, ["repurchas"] = 1 };

        var discounted = FollowUp.Discount(weights, "And when did they repurchase?");

        Assert.Equal((0.8, 1), (discounted["appl"], discounted["repurchas"]));
        Assert.Same(weights, FollowUp.Discount(weights, "When did Apple repurchase?"));
    }

    private static HashSet<string> Set(params string[] terms) => [.. terms];

    private static string Ordinals(PassageDraft draft) => string.Join(' ', draft.Chunks.Select(chunk => chunk.Ordinal));

    private static FoundChunk Chunk(int ordinal, double score) =>
        new(new FusedHit(ordinal, null, null, null, null, score), Document, ordinal, $"text {ordinal}", null, null, ordinal * 10, (ordinal * 10) + 9, new PageRange(1, 1), default);
}
