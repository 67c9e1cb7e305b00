using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Retrieval.Text;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Search;

public sealed class PassageRankingTests
{
    private static readonly Dictionary<string, double> Weights = new() { ["net"] = 1, ["sale"] = 1, ["moon"] = 2 };

    [Fact]
    public async Task Passage_ThatHoldsMoreOfTheQuestion_ComesFirst()
    {
        var ranked = await RankAsync("moon net sales", Found(1, "The moon rose."), Found(2, "Net sales on the moon."));

        Assert.Equal([2, 1], ranked.Select(chunk => chunk.Ordinal));
        Assert.True(ranked[0].Score > ranked[1].Score);
    }

    [Fact]
    public async Task Passage_ThatKeepsThePhrase_ComesBeforeOneThatScattersIt()
    {
        var ranked = await RankAsync("net sales", Found(1, "Sales of the net were low."), Found(2, "Net sales were low."));

        Assert.Equal([2, 1], ranked.Select(chunk => chunk.Ordinal));
    }

    [Fact]
    public async Task Passage_NearerInMeaning_ComesFirstWhereWordsAreEqual()
    {
        var ranked = await RankAsync("moon", Found(1, "The moon.", [0, 1]), Found(2, "The moon.", [1, 0]));

        Assert.Equal([2, 1], ranked.Select(chunk => chunk.Ordinal));
    }

    [Fact]
    public async Task Equals_KeepTheOrderOfTheFusion() =>
        Assert.Equal([3, 1, 2], (await RankAsync("moon", Found(3, "Moon."), Found(1, "Moon."), Found(2, "Moon."))).Select(chunk => chunk.Ordinal));

    [Fact]
    public async Task Nothing_StaysNothing() => Assert.Empty(await RankAsync("moon"));

    [Fact]
    public async Task File_WhoseCoverBearsTheNameAskedFor_ComesFirst()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        const string Both = "Our effective tax rate was 12 percent.";
        await store.PublishAsync(scope, "2023 Q3 NVDA", "NVIDIA CORPORATION quarterly report", Both + " It fell.");
        await store.PublishAsync(scope, "2023 Q3 AAPL", "Apple Inc. quarterly report", Both + " It rose.");

        var nvidia = await SearchAsync(store, scope, "What was the effective tax rate of NVIDIA?");
        var apple = await SearchAsync(store, scope, "What was Apple's effective tax rate?");

        Assert.Contains("fell", nvidia, StringComparison.Ordinal);
        Assert.Contains("rose", apple, StringComparison.Ordinal);
    }

    private static async Task<string> SearchAsync(Store store, KnowledgeScope scope, string question)
    {
        var result = await store.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest(question, [], 1_000), Cancel);
        return result.Passages.First(passage => passage.Text.Contains("tax", StringComparison.Ordinal)).Text;
    }

    private static async Task<List<FoundChunk>> RankAsync(string question, params FoundChunk[] candidates)
    {
        await using var store = await OpenAsync();
        await using var db = await store.DatabaseAsync();
        var identity = await DocumentIdentity.LoadAsync(db, question, candidates, Cancel);
        return PassageRanking.Order(new float[] { 1, 0 }, Terms.Of(question), Weights, candidates, identity);
    }

    private static FoundChunk Found(int ordinal, string text, float[]? vector = null) => new(
        new FusedHit(ordinal, null, null, null, null, 0), new SourceDocument(new DocumentId(Guid.Empty), 1, "", "", ""), ordinal, text, null, null, 0, text.Length,
        new PageRange(1, 1), vector ?? [0.6f, 0.8f]);
}
