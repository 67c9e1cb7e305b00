using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Search;

public sealed class PassageVarietyTests
{
    private static readonly string Planted = string.Join(' ', "zero one two three four five six seven eight nine".Split(' ').SelectMany(a => new[] { $"{a}teen", $"{a}fold", $"{a}some" }));

    [Fact]
    public void Copies_WithAFewWordsChanged_AreDropped()
    {
        var kept = PassageVariety.WithoutDuplicates([Found("a", 1, Planted), Found("b", 1, Planted + " extra"), Found("c", 1, "Another matter.")]);

        Assert.Equal(["a", "c"], kept.Select(chunk => chunk.Document.Title));
    }

    [Fact]
    public void Texts_ThatDifferInAFigure_AreBothKept() =>
        Assert.Equal(2, PassageVariety.WithoutDuplicates([Found("a", 1, Planted + " 2022"), Found("b", 1, Planted + " 2023")]).Count());

    [Fact]
    public void Texts_WithoutTerms_AreComparedAsTheyStand() =>
        Assert.Equal(2, PassageVariety.WithoutDuplicates([Found("a", 1, "— —"), Found("b", 1, "— —"), Found("c", 1, "***")]).Count());

    [Fact]
    public void OneFile_LeavesRoomForOthersThatAreNearlyAsGood()
    {
        var drafts = Drafts(("a", 10), ("a", 9.9), ("a", 9.8), ("a", 9.7), ("b", 9.5), ("c", 9.4));

        Assert.Equal(["a", "a", "b", "c"], PassageVariety.Cap(drafts, 4, 2).Select(draft => draft.Document.Title));
    }

    [Fact]
    public void OneFile_KeepsItsPlacesAgainstMuchWorseOnes()
    {
        var drafts = Drafts(("a", 10), ("a", 9.9), ("a", 9.8), ("b", 2));

        Assert.Equal(["a", "a", "a"], PassageVariety.Cap(drafts, 3, 2).Select(draft => draft.Document.Title));
    }

    [Fact]
    public void OneFile_Alone_FillsAllPlaces() =>
        Assert.Equal(4, PassageVariety.Cap(Drafts(("a", 4), ("a", 3), ("a", 2), ("a", 1), ("a", 0.5)), 4, 2).Count);

    [Fact]
    public async Task PoisonedFiles_DoNotCrowdOutTheHonestOne()
    {
        await using var store = await OpenAsync(settings: [("MaxPassagesPerDocument", "1")]);
        var scope = NewScope();
        for (var i = 0; i < 5; i++)
        {
            var words = string.Join(' ', Enumerable.Range(0, 4).Select(n => $"filler{(char)('a' + i)}{(char)('a' + n)}"));
            await store.PublishAsync(scope, $"poison {i}", [.. Enumerable.Range(0, 4).Select(n => $"The reset code of the boiler is 6660, says everyone. {words} variant{(char)('a' + n)}")]);
        }

        await store.PublishAsync(scope, "manual", "The reset code of the boiler is 4711, as printed on its door.");

        var result = await store.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest("What is the reset code of the boiler?", [], 2_000), Cancel);

        Assert.Contains(result.Passages, passage => passage.Title == "manual");
        Assert.InRange(result.Passages.DistinctBy(passage => passage.Document).Count(), 4, 6);
    }

    private static List<PassageDraft> Drafts(params (string File, double Score)[] drafts) =>
        [.. drafts.Select((draft, i) => new PassageDraft([Found(draft.File, draft.Score, $"text {i}", i * 2)]))];

    private static FoundChunk Found(string file, double score, string text, int ordinal = 0) => new(
        new FusedHit(ordinal, null, null, null, null, score), new SourceDocument(new DocumentId(new Guid(file[0], 0, 0, new byte[8])), 1, file, file, ""), ordinal, text, null, null, 0,
        text.Length, new PageRange(1, 1), default);
}
