using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Retrieval.Tests.Indexing.Qdrant;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Search;

/// <summary>Search where the vectors do not matter: what is found, merged, cut and kept apart.</summary>
public class PassageSearchTests
{
    /// <summary>Null: the embedded index. The same tests run against both.</summary>
    private protected virtual FakeQdrant? Qdrant => null;

    [Fact]
    public async Task KnowledgeBase_WithoutFiles_AnswersNothing()
    {
        await using var store = await OpenAsync();

        var result = await SearchAsync(store, NewScope(), "anything at all");

        Assert.Empty(result.Passages);
        Assert.Empty(result.Evidence);
        Assert.False(result.Answerable);
        Assert.Equal(0, result.FilesSearched);
    }

    [Fact]
    public async Task Hit_ExplainsItself()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.PublishAsync(scope, "Garden", "Tulips like sand.", "Ferns need deep shade.");
        var status = await store.StatusAsync(scope, document);

        var result = await SearchAsync(store, scope, "Which plants need shade?");

        var passage = Assert.Single(result.Passages);   // neighbours: both chunks in one passage
        Assert.Equal((document, 1, "Garden", "Garden.txt", status.ContentHash), (passage.Document, passage.Generation, passage.Title, passage.FileName, passage.ContentHash));
        Assert.Equal((0, 40, "Tulips like sand.\nFerns need deep shade."), (passage.Start, passage.End, passage.Text));
        Assert.Equal(new PageRange(1, 2), passage.Pages);
        Assert.Equal(ChunkIds.Of(document, 1, 1), passage.Chunk);
        Assert.Equal(1, passage.LexicalRank);
        Assert.NotNull(passage.DenseRank);
        Assert.InRange(passage.DenseScore!.Value, 0.01, 1);
        Assert.Equal(1, result.FilesSearched);

        var evidence = result.Evidence[0];
        Assert.Equal((0, 2, 18, 40, "Ferns need deep shade."), (evidence.Passage, evidence.Page, evidence.Start, evidence.End, evidence.Text));
        Assert.Equal([new PageBox(72, 72, 110, 12)], evidence.Boxes);
    }

    [Fact]
    public async Task Scopes_NeverSeeEachOther()
    {
        await using var store = await OpenAsync();
        var (mine, yours) = (NewScope(), NewScope());
        await store.PublishAsync(mine, "Mine", "The vault opens with seven turns.");
        var foreign = await store.PublishAsync(yours, "Yours", "The vault opens with nine turns.");

        var result = await SearchAsync(store, mine, "How does the vault open?");

        Assert.Equal(["Mine"], result.Passages.Select(passage => passage.Title));
        Assert.Equal(1, result.FilesSearched);
        Assert.Null(await store.Library.FindAsync(mine, foreign, Cancel));
        Assert.Null(await store.Library.OpenOriginalAsync(mine, foreign, null, Cancel));
        Assert.False(await store.Library.CancelAsync(mine, foreign, Cancel));
        Assert.False(await store.Library.RetryAsync(mine, foreign, Cancel));
        Assert.False(await store.Library.DeleteAsync(mine, foreign, Cancel));
        var theirs = await SearchAsync(store, yours, "How does the vault open?");
        Assert.Equal([null], await store.Get<IPassageSearch>().AlignAsync(mine, ["The vault opens with nine turns."], theirs.Passages, Cancel));
        Assert.Equal(["Yours"], theirs.Passages.Select(passage => passage.Title));
    }

    [Fact]
    public async Task Scores_DoNotMoveWhenAnotherTenantsFilesDo()
    {
        await using var store = await OpenAsync();
        var (mine, yours) = (NewScope(), NewScope());
        await store.PublishAsync(mine, "Mine", "Granite is hard.", "Chalk is soft and white.", "Slate splits.");
        var before = await SearchAsync(store, mine, "Is granite hard or is chalk soft?");

        var theirs = new List<DocumentId>();
        for (var i = 0; i < 5; i++)
        {
            theirs.Add(await store.PublishAsync(yours, $"Granite {i}", "Granite granite granite.", "Hard granite, soft chalk, and a much longer text about granite besides."));
        }

        var during = await SearchAsync(store, mine, "Is granite hard or is chalk soft?");
        await store.Library.DeleteAsync(yours, theirs[0], Cancel);
        var after = await SearchAsync(store, mine, "Is granite hard or is chalk soft?");

        Assert.NotEmpty(before.Passages);
        Assert.Equal(Scores(before), Scores(during));
        Assert.Equal(Scores(before), Scores(after));
        Assert.Equal(before.Relevance, after.Relevance);

        static IEnumerable<(ChunkId, double?, double?, double)> Scores(SearchResult result) =>
            result.Passages.Select(passage => (passage.Chunk, passage.DenseScore, passage.LexicalScore, passage.FusedScore));
    }

    [Fact]
    public async Task Document_Deleted_AnswersNoMoreFromThatMoment()
    {
        await using var store = await OpenAsync();
        await using var other = await store.AgainAsync();   // another process, with its own memory
        var scope = NewScope();
        var old = await store.PublishAsync(scope, "Old", "The gate code is 1234.");
        await store.PublishAsync(scope, "New", "The gate was painted green.");
        Assert.Equal(2, (await SearchAsync(store, scope, "What is the gate code?")).Passages.Count);
        Assert.Equal(2, (await SearchAsync(other, scope, "What is the gate code?")).Passages.Count);

        Assert.True(await store.Library.DeleteAsync(scope, old, Cancel));   // the outbox has not run

        foreach (var process in new[] { store, other })
        {
            var result = await SearchAsync(process, scope, "What is the gate code?");
            Assert.Equal(["New"], result.Passages.Select(passage => passage.Title));
            Assert.DoesNotContain(result.Evidence, evidence => evidence.Text.Contains("1234", StringComparison.Ordinal));
            Assert.Equal(1, result.FilesSearched);
        }

        Assert.Null(await store.Library.FindPageAsync(scope, old, 1, 1, Cancel));
    }

    [Fact]
    public async Task Document_PublishedByAnotherProcess_IsFoundAtOnce()
    {
        await using var store = await OpenAsync();
        await using var other = await store.AgainAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "One", "Badgers dig.");
        Assert.Single((await SearchAsync(other, scope, "badgers")).Passages);

        await store.PublishAsync(scope, "Two", "Badgers sleep.");

        Assert.Equal(2, (await SearchAsync(other, scope, "badgers")).Passages.Count);
    }

    [Fact]
    public async Task Document_NotYetPublished_IsInvisible()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Live", "Badgers dig.");
        var before = (await SearchAsync(store, scope, "badgers")).Passages.Single().LexicalScore;
        await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        var (pages, chunks) = Pieces.Of("Badgers sleep.", "Badgers eat.");
        await store.Writer.SavePagesAsync(lease, pages, Cancel);
        await store.Writer.SaveChunksAsync(lease, "Draft", await store.EmbedAsync("Draft", chunks), Cancel);

        var passage = Assert.Single((await SearchAsync(store, scope, "badgers")).Passages);

        Assert.Equal(("Live", before), (passage.Title, passage.LexicalScore));
    }

    [Fact]
    public async Task Duplicates_AreDropped()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Copy", "Otters hold hands.");
        await store.PublishAsync(scope, "Copy of copy", "Otters  hold hands.");

        Assert.Single((await SearchAsync(store, scope, "otters")).Passages);
    }

    [Fact]
    public async Task Passages_AreAtMostSix()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        for (var i = 0; i < 9; i++)
        {
            await store.PublishAsync(scope, $"Book {i}", $"Otters of kind {i} swim.");
        }

        var result = await SearchAsync(store, scope, "otters swim");

        Assert.Equal(6, result.Passages.Count);
        Assert.Equal(9, result.FilesSearched);
        Assert.Equal(result.Passages.OrderByDescending(passage => passage.FusedScore), result.Passages);
    }

    [Fact]
    public async Task Passages_FitTheTokenBudgetAndKeepTheEvidence()
    {
        await using var store = await OpenAsync();   // the test's counter counts words
        var scope = NewScope();
        var filler = string.Concat(Enumerable.Repeat(" and other animals eat many other things", 10));
        await store.PublishAsync(scope, "One", $"Otters swim{filler}.");
        await store.PublishAsync(scope, "Two", $"Otters eat crabs. Foxes eat mice{filler}.");
        await store.PublishAsync(scope, "Three", "Otters sleep on land.");

        foreach (var tokens in new[] { 200, 90, 20, 4 })
        {
            var result = await SearchAsync(store, scope, "What crabs do otters eat?", tokens);

            Assert.NotEmpty(result.Passages);
            Assert.InRange(result.Passages.Sum(passage => passage.Text.Split(' ').Length), 1, tokens);
            Assert.Equal("Otters eat crabs.", result.Evidence[0].Text);
            Assert.Contains("Otters eat crabs.", result.Passages[result.Evidence[0].Passage].Text, StringComparison.Ordinal);
            Assert.All(result.Evidence, evidence => Assert.InRange(evidence.Passage, 0, result.Passages.Count - 1));
        }

        Assert.Empty((await SearchAsync(store, scope, "What crabs do otters eat?", 0)).Passages);
    }

    [Fact]
    public async Task Evidence_NeverReachesOverThePageAndIsGivenOnce()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.AddAsync(scope);
        const string First = "Beavers build dams of wood\n";
        const string Second = "and mud in rivers. Beavers build dams of wood\n";
        List<PageText> pages = [Pieces.Page(1, 0, First), Pieces.Page(2, First.Length, Second)];
        var text = (First + Second)[..^1];
        await store.WriteAsync(
            await store.LeaseAsync(), new DocumentFacts("Beavers", 2, 1, []), pages, [new ChunkDraft(0, text, null, null, 0, text.Length, new PageRange(1, 2))]);

        var result = await SearchAsync(store, scope, "What do beavers build dams of?");

        Assert.Equal(text, Assert.Single(result.Passages).Text);
        Assert.All(result.Evidence, evidence => Assert.True(evidence.Page == 1 ? evidence.End <= First.Length : evidence.Start >= First.Length));
        Assert.Equal(["Beavers build dams of wood", "and mud in rivers."], result.Evidence.Select(evidence => evidence.Text));
        Assert.All(result.Evidence, evidence => Assert.NotEmpty(evidence.Boxes));
    }

    [Fact]
    public async Task Question_WithTenNumbersAndSigns_IsSearchedAsItStands()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Filing", "The 10-Q reports 81,797 in sales.", "Nothing else is here.");
        await store.PublishAsync(scope, "Other", "A letter about gardens.");

        foreach (var question in new[] { "10-Q", "10Q sales", "81,797", "81797", "\"sales\" AND (10-Q OR NEAR*) -^:" })
        {
            var result = await SearchAsync(store, scope, question);
            Assert.Equal((1, "Filing"), (result.Passages[0].LexicalRank, result.Passages[0].Title));
        }

        Assert.NotEmpty((await SearchAsync(store, scope, "?!")).Passages);   // no words: the dense list alone
    }

    [Fact]
    public async Task Embeddings_AreAskedForOnceAndWithTheirRoles()
    {
        var embedder = new HashEmbedder();
        await using var store = await OpenAsync(embedder: embedder);
        var scope = NewScope();
        await store.PublishAsync(scope, "Garden", "Roses need sun. Ferns need shade.");
        embedder.Calls.Clear();

        await SearchAsync(store, scope, "What do roses need?");
        Assert.Equal(["query", "passage"], embedder.Calls.Select(call => call.Role));
        await SearchAsync(store, scope, "What do roses need?");
        Assert.Equal(["query", "passage", "query"], embedder.Calls.Select(call => call.Role));   // the sentences are remembered

        var foreign = NewScope();
        await store.PublishAsync(foreign, "Garden", "Roses need sun. Ferns need shade.");
        embedder.Calls.Clear();
        await SearchAsync(store, foreign, "What do roses need?");
        Assert.Equal(["query", "passage"], embedder.Calls.Select(call => call.Role));   // but not across knowledge bases
    }

    private static Task<SearchResult> SearchAsync(Store store, KnowledgeScope scope, string question, int tokens = 1_000) =>
        store.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest(question, [], tokens), Cancel);

    private Task<Store> OpenAsync(HashEmbedder? embedder = null) => Store.OpenAsync(embedder: embedder, qdrant: Qdrant);
}

public sealed class QdrantPassageSearchTests : PassageSearchTests
{
    private protected override FakeQdrant? Qdrant { get; } = new();
}
