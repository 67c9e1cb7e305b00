using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Qdrant;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>Qdrant and the database disagree, and agree again.</summary>
public sealed class QdrantKeeperTests : IDisposable
{
    private readonly FakeQdrant qdrant = new();

    public void Dispose() => qdrant.Dispose();

    [Fact]
    public async Task Collection_Emptied_IsToldApartFromNoHitsAndFilledAgainWithTheSameAnswers()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var (mine, yours) = (NewScope(), NewScope());
        await store.PublishAsync(mine, "Stones", "Granite is hard.", "Chalk is soft and white.");
        await store.PublishAsync(yours, "Plants", "Ferns need shade.");
        var before = await SearchAsync(store, mine, "Is chalk soft?");

        qdrant.Live.Clear();

        var error = await Assert.ThrowsAsync<SearchUnavailableException>(() => SearchAsync(store, mine, "Is chalk soft?"));
        Assert.Contains("0 of 2 passages", error.Message, StringComparison.Ordinal);
        await store.Get<QdrantKeeper>().CompareAsync(Cancel);
        Assert.Equal(3, qdrant.Live.Count);
        Assert.Equal(Scores(before), Scores(await SearchAsync(store, mine, "Is chalk soft?")));
        Assert.True(store.Get<QdrantHealth>().Comparison is { Written: 3, Deleted: 0 });
    }

    [Fact]
    public async Task Collection_Deleted_IsMadeAgain()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var scope = NewScope();
        await store.PublishAsync(scope, "Stones", "Granite is hard.");
        qdrant.Collections.Clear();
        qdrant.Aliases.Clear();

        await Assert.ThrowsAsync<SearchUnavailableException>(() => SearchAsync(store, scope, "granite"));
        await store.Get<QdrantKeeper>().CompareAsync(Cancel);

        Assert.Single((await SearchAsync(store, scope, "granite")).Passages);
        Assert.Equal(["tenant", "document", "generation"], qdrant.Live.PayloadSchema.Select(field => field.Key));
    }

    [Fact]
    public async Task Collection_OfLastWeek_IsBroughtUpToDate()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var scope = NewScope();
        var old = await store.PublishAsync(scope, "Old", "The gate code is 1234.");
        var kept = qdrant.Live.Payloads.Select(payload => payload.DeepClone()).ToList();
        await store.PublishAsync(scope, "New", "The gate was painted green.");
        await store.Library.DeleteAsync(scope, old, Cancel);
        await store.Get<OutboxWorker>().DrainAsync(Cancel);
        qdrant.Live.Clear();
        Put(scope.KnowledgeBase.ToString(), old, 1, 0);   // as many points as there should be, but the wrong one
        Assert.Single(kept);

        await store.Get<QdrantKeeper>().CompareAsync(Cancel);

        Assert.Equal(["New"], (await SearchAsync(store, scope, "What is the gate code?")).Passages.Select(passage => passage.Title));
        Assert.True(store.Get<QdrantHealth>().Comparison is { Written: 1, Deleted: 1 });
        Assert.DoesNotContain(qdrant.Live.Payloads, payload => (string)payload["document"]! == old.ToString());
    }

    [Fact]
    public async Task Points_ThatNeverWentLive_AreDeletedAndThoseBeingWrittenStay()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var scope = NewScope();
        var live = await store.PublishAsync(scope, "Live", "Badgers dig.");
        var writing = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        await store.Writer.SaveChunksAsync(lease, "Draft", await store.EmbedAsync("Draft", Pieces.Of("Badgers sleep.").Chunks), Cancel);
        Put(scope.KnowledgeBase.ToString(), live, 7, 0);              // a generation that never was
        Put(scope.KnowledgeBase.ToString(), DocumentId.New(), 1, 0);  // a document that never was
        Put(KnowledgeBaseId.New().ToString(), DocumentId.New(), 1, 0);
        await store.Jobs.FailAsync(lease, RefusalReason.TimedOut, Cancel);
        await store.Library.RetryAsync(scope, writing, Cancel);
        var again = await store.LeaseAsync();
        await store.Writer.SaveChunksAsync(again, "Draft", await store.EmbedAsync("Draft", Pieces.Of("Badgers sleep.").Chunks), Cancel);
        await store.Get<OutboxWorker>().DrainAsync(Cancel);
        qdrant.Live.Remove(payload => (string)payload["document"]! == live.ToString() && (int)payload["generation"]! == 1);   // so that the two are compared point by point

        await store.Get<QdrantKeeper>().CompareAsync(Cancel);

        Assert.Equal(
            new[] { (live.ToString(), 1), (writing.ToString(), 2) }.Order(),
            qdrant.Live.Payloads.Select(payload => ((string)payload["document"]!, (int)payload["generation"]!)).Order());
    }

    [Fact]
    public async Task Publish_WithPointsLostOnTheWay_PutsThemBackFirst()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var scope = NewScope();
        await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        var (pages, chunks) = Pieces.Of("Badgers dig.", "Badgers sleep.");
        await store.Writer.SavePagesAsync(lease, pages, Cancel);
        await store.Writer.SaveChunksAsync(lease, "t", await store.EmbedAsync("t", chunks), Cancel);
        qdrant.Live.Remove(payload => (int)payload["ordinal"]! == 1);
        Put(scope.KnowledgeBase.ToString(), lease.Document, lease.Generation, 5);   // an earlier attempt made more chunks

        await store.Writer.PublishAsync(lease, new DocumentFacts("t", 2, 2, []), Cancel);

        Assert.Equal([0, 1], qdrant.Live.Payloads.Select(payload => (int)payload["ordinal"]!).Order());
    }

    [Fact]
    public async Task Search_WithManyDeadGenerationsStillThere_FillsItsListsWithLivingOnes()
    {
        await using var store = await OpenAsync(qdrant: qdrant, settings: [("ListLength", "3"), ("MaxPassages", "3")]);
        var scope = NewScope();
        var replaced = await store.PublishAsync(scope, "Otters", "Otters eat crabs.");
        for (var i = 0; i < 8; i++)
        {
            await store.Library.DeleteAsync(scope, await store.PublishAsync(scope, $"Otters {i}", $"Otters eat crabs, says number {i}."), Cancel);
        }

        await store.PublishAsync(scope, "Crabs", "Crabs fear otters.");
        await using (var db = await store.DatabaseAsync())
        {
            Assert.Equal(8, await db.Outbox.CountAsync(Cancel));
        }

        Assert.Equal(10, qdrant.Live.Count);
        var result = await SearchAsync(store, scope, "What do otters eat?");
        Assert.Equal(["Crabs", "Otters"], result.Passages.Select(passage => passage.Title).Order());

        // Points that nothing names are left out too, at the price of a second call.
        for (var i = 0; i < 8; i++)
        {
            Put(scope.KnowledgeBase.ToString(), replaced, 9, i);
        }

        result = await SearchAsync(store, scope, "What do otters eat?");
        Assert.Equal(["Crabs", "Otters"], result.Passages.Select(passage => passage.Title).Order());
    }

    [Fact]
    public async Task Search_SendsTheScopeTheLivingAndNoText()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var scope = NewScope();
        await store.PublishAsync(scope, "Stones", "Granite is hard.");
        qdrant.Requests.Clear();

        await SearchAsync(store, scope, "granite");

        Assert.Equal([$"POST /collections/{qdrant.Aliases["passages_live"]}/points/query/batch"], qdrant.Requests);   // one round trip
        var payload = Assert.Single(qdrant.Live.Payloads);
        Assert.Equal(["tenant", "document", "generation", "ordinal"], payload.Select(member => member.Key));
    }

    [Fact]
    public async Task Collection_OfOtherShape_IsRefusedInWords()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var scope = NewScope();
        await store.PublishAsync(scope, "Stones", "Granite is hard.");
        var sound = (JsonObject)qdrant.Live.Configuration.DeepClone();
        var collections = store.Get<QdrantCollections>();
        foreach (var (change, words) in new (Action<FakeCollection>, string)[]
        {
            (c => c.Configuration["vectors"]!["dense"]!["size"] = 65, "no vector 'dense' of 64 dimensions"),
            (c => c.Configuration["vectors"]!["dense"]!["distance"] = "Dot", "Cosine"),
            (c => c.Configuration["sparse_vectors"]!["sparse"]!["modifier"] = "idf", "modifier 'idf'"),
            (c => c.Configuration["strict_mode_config"]!["enabled"] = false, "enabled = true"),
            (c => c.Configuration["strict_mode_config"]!["search_allow_exact"] = false, "exact counts"),
            (c => c.PayloadSchema["generation"] = new JsonObject { ["data_type"] = "keyword" }, "'generation' has no payload index of type integer"),
            (c => c.PayloadSchema["tenant"]!["params"]!["is_tenant"] = false, "not marked as the tenant's"),
        })
        {
            foreach (var (name, value) in (JsonObject)sound.DeepClone())
            {
                qdrant.Live.Configuration[name] = value?.DeepClone();
            }

            change(qdrant.Live);
            collections.Forget();

            var error = await Assert.ThrowsAsync<QdrantException>(() => collections.LiveAsync(new EmbedderName("hash", 64), Cancel));

            Assert.Equal(QdrantFailure.Misconfigured, error.Failure);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
            qdrant.Live.CreateIndex(new JsonObject { ["field_name"] = "generation", ["field_schema"] = "integer" });
        }

        await Assert.ThrowsAsync<SearchUnavailableException>(() => SearchAsync(store, scope, "granite"));
    }

    [Fact]
    public async Task Server_DownAtFirst_HoldsUpIngestionAndSearchUntilItIsThere()
    {
        var down = true;
        qdrant.Fault = _ => down ? new HttpResponseMessage(HttpStatusCode.Unauthorized) { Content = new StringContent("Invalid API key or JWT") } : null;
        await using var store = await OpenAsync(qdrant: qdrant);
        var scope = NewScope();
        await store.AddAsync(scope, "Stones.txt");
        var lease = await store.LeaseAsync();
        var health = store.Get<QdrantHealth>();
        var writing = store.WriteAsync(lease, "Stones", "Granite is hard.");

        for (var i = 0; i < 5; i++)
        {
            Assert.False(writing.IsCompleted);
            store.Clock.Advance(TimeSpan.FromSeconds(4));
            Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Embedding), Cancel));
        }

        Assert.Contains("refuses the key (401)", health.Error!, StringComparison.Ordinal);
        down = false;
        while (!writing.IsCompleted)
        {
            store.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(LeaseState.Held, await writing);
        Assert.Null(health.Error);
        Assert.Single((await SearchAsync(store, scope, "granite")).Passages);
        down = true;
        var error = await Assert.ThrowsAsync<SearchUnavailableException>(() => SearchAsync(store, scope, "granite"));
        Assert.StartsWith("Document search is unavailable", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("401", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_AfterACrash_IsWaitedFor()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        await store.PublishAsync(NewScope(), "Stones", "Granite is hard.");
        qdrant.Live.PendingUpdates = 3;
        var comparing = store.Get<QdrantKeeper>().CompareAsync(Cancel);
        qdrant.Requests.Clear();

        Assert.False(comparing.IsCompleted);
        qdrant.Live.PendingUpdates = 0;
        while (!comparing.IsCompleted)
        {
            store.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }

        await comparing;
        Assert.NotNull(store.Get<QdrantHealth>().Comparison);
    }

    [Fact]
    public async Task Index_ChangedFromEmbeddedToQdrant_IsFilledFromTheDatabase()
    {
        var scope = NewScope();
        SearchResult embedded;
        await using var first = await OpenAsync();
        await first.PublishAsync(scope, "Stones", "Granite is hard.", "Chalk is soft and white.", "Slate splits.");
        embedded = await SearchAsync(first, scope, "Is chalk soft?");

        await using var second = await OpenAsync(first.Folder, first.Clock, qdrant: qdrant);
        await second.Get<QdrantKeeper>().CompareAsync(Cancel);

        var moved = await SearchAsync(second, scope, "Is chalk soft?");
        Assert.Equal(embedded.Passages.Select(passage => passage.Chunk), moved.Passages.Select(passage => passage.Chunk));
        await using var db = await second.DatabaseAsync();
        Assert.NotEqual(0, await db.TermStatistics.CountAsync(Cancel));
    }

    [Fact]
    public async Task Statistics_AfterAnotherIndexWasUsed_AreTakenUpAgain()
    {
        var scope = NewScope();
        await using var first = await OpenAsync(qdrant: qdrant);
        var gone = await first.PublishAsync(scope, "Stones", "Granite is hard.");
        await first.PublishAsync(scope, "Plants", "Ferns need shade.");
        var fresh = await CountsAsync(first);
        await using (var second = await OpenAsync(first.Folder, first.Clock))
        {
            await second.Library.DeleteAsync(scope, gone, Cancel);   // the embedded index keeps no such statistics
            await second.PublishAsync(scope, "Stones", "Granite is hard.");
        }

        await using var third = await OpenAsync(first.Folder, first.Clock, qdrant: qdrant);
        await third.Get<QdrantKeeper>().CompareAsync(Cancel);

        Assert.NotEmpty(fresh);
        Assert.Equal(fresh, await CountsAsync(third));

        static async Task<List<(long, int)>> CountsAsync(Store store)
        {
            await using var db = await store.DatabaseAsync();
            return (await db.TermStatistics.OrderBy(t => t.Term).ToListAsync(Cancel)).ConvertAll(t => (t.Term, t.Passages));
        }
    }

    private static IEnumerable<(ChunkId, double?, double?, double)> Scores(SearchResult result) =>
        result.Passages.Select(passage => (passage.Chunk, passage.DenseScore, passage.LexicalScore, passage.FusedScore));

    private static Task<SearchResult> SearchAsync(Store store, KnowledgeScope scope, string question) =>
        store.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest(question, [], 1_000), Cancel);

    /// <summary>A point that nobody in this process wrote.</summary>
    private void Put(string tenant, DocumentId document, int generation, int ordinal)
    {
        var vector = new JsonArray([.. Enumerable.Range(0, 64).Select(i => (JsonNode)(i == 0 ? 1f : 0.1f))]);
        qdrant.Live.Upsert(new JsonObject
        {
            ["points"] = new JsonArray(new JsonObject
            {
                ["id"] = ChunkIds.Of(document, generation, ordinal).Value.ToString(),
                ["vector"] = new JsonObject { ["dense"] = vector },
                ["payload"] = QdrantSchema.Payload(tenant, document.ToString(), generation, ordinal),
            }),
        });
    }
}
