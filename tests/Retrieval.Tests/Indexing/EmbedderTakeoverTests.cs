using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Qdrant;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Retrieval.Tests.Indexing.Qdrant;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing;

/// <summary>Another embedding model is configured: nothing is uploaded again, and no search compares vectors of two models.</summary>
public class EmbedderTakeoverTests
{
    private static readonly string[] Many = [.. Enumerable.Range(0, 70).Select(i => $"Plant number{i} needs shade and water.")];

    /// <summary>Null: the embedded index. The same tests run against both.</summary>
    private protected virtual FakeQdrant? Qdrant => null;

    [Fact]
    public async Task Search_UntilTheNewModelHasTakenOver_GoesByWordsAloneAndSaysSo()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Garden", Many);
        Assert.False((await SearchAsync(store, scope)).ByWordsAlone);
        await using var other = await store.AgainAsync(new HashEmbedder("another", 32));

        var before = await SearchAsync(other, scope);

        Assert.True(before.ByWordsAlone);
        Assert.Contains("number7 ", before.Passages[0].Text, StringComparison.Ordinal);
        Assert.All(before.Passages, passage => Assert.Null(passage.DenseRank));

        Assert.True(await other.Get<EmbedderTakeover>().RunAsync(Cancel));
        Assert.False(await other.Get<EmbedderTakeover>().RunAsync(Cancel));

        var after = await SearchAsync(other, scope);
        Assert.False(after.ByWordsAlone);
        Assert.Contains(after.Passages, passage => passage.DenseRank is not null);
        Assert.True((await SearchAsync(store, scope)).ByWordsAlone);   // a process that still has the old model
        await using var db = await other.DatabaseAsync();
        Assert.Equal(["another, 32 dimensions"], await db.Settings.Where(s => s.Key.StartsWith("embedder")).Select(s => s.Value).ToListAsync(Cancel));
        Assert.Equal(0, await db.NextVectors.CountAsync(Cancel));
        Assert.All(await db.Chunks.Select(c => c.Vector.Length).ToListAsync(Cancel), length => Assert.Equal(32 * 4, length));
    }

    [Fact]
    public async Task Answers_AfterTheTakeover_AreThoseOfAFreshStore()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        string[] texts = ["Plant number7 needs shade.", "Granite is hard.", "Chalk is soft and white.", "Slate splits."];   // without ties
        await store.PublishAsync(scope, "Garden", texts);
        await using var other = await store.AgainAsync(new HashEmbedder("another", 32));
        await other.Get<EmbedderTakeover>().RunAsync(Cancel);
        using var freshQdrant = Qdrant is null ? null : new FakeQdrant();
        await using var fresh = await Store.OpenAsync(embedder: new HashEmbedder("another", 32), qdrant: freshQdrant);
        await fresh.PublishAsync(scope, "Garden", texts);

        Assert.Equal(Scores(await SearchAsync(fresh, scope)), Scores(await SearchAsync(other, scope)));

        static IEnumerable<(string, double?, double?, double)> Scores(SearchResult result) =>
            result.Passages.Select(passage => (passage.Text, passage.DenseScore, passage.LexicalScore, passage.FusedScore));
    }

    [Fact]
    public async Task Takeover_CutShort_GoesOnWhereItWas()
    {
        await using var store = await OpenAsync();
        await store.PublishAsync(NewScope(), "Garden", Many);
        var failing = new FailingEmbedder(callsThatWork: 1);
        await using (var first = await store.AgainAsync(failing))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => first.Get<EmbedderTakeover>().RunAsync(Cancel));
            Assert.Equal(new TakeoverStatus("another", 32, 70, "stopped"), (await first.Get<IIndexStatus>().ReadAsync(Cancel)).Takeover);
        }

        var embedder = new HashEmbedder("another", 32);
        await using var second = await store.AgainAsync(embedder);

        Assert.True(await second.Get<EmbedderTakeover>().RunAsync(Cancel));

        Assert.Null((await second.Get<IIndexStatus>().ReadAsync(Cancel)).Takeover);
        Assert.Equal([32, 6], embedder.Calls.Select(call => call.Texts.Count));
        Assert.All(embedder.Calls, call => Assert.Equal("passage", call.Role));
        Assert.StartsWith("Garden\nPlant number32 ", embedder.Calls[0].Texts[0], StringComparison.Ordinal);   // title and all, as it was indexed
    }

    [Fact]
    public async Task File_ThatComesMeanwhile_WaitsAndIsThenReady()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Garden", "Roses need sun.");
        await using var other = await store.AgainAsync(new HashEmbedder("another", 32));
        var document = await other.AddAsync(scope, "New.txt");
        var lease = await other.LeaseAsync();
        var writing = other.WriteAsync(lease, "New", "Ferns need shade.");
        await other.Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Embedding), Cancel);
        Assert.False(writing.IsCompleted);

        await other.Get<EmbedderTakeover>().RunAsync(Cancel);
        while (!writing.IsCompleted)
        {
            other.Clock.Advance(TimeSpan.FromSeconds(5));
            await other.Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Embedding), Cancel);
        }

        Assert.Equal(LeaseState.Held, await writing);
        Assert.True((await other.StatusAsync(scope, document)).IsSearchable);
        Assert.False((await SearchAsync(other, scope)).ByWordsAlone);
    }

    [Fact]
    public async Task Model_ChangedBack_LeavesNothingOfTheOther()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Garden", Many);
        await using (var other = await store.AgainAsync(new FailingEmbedder(callsThatWork: 2)))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => other.Get<EmbedderTakeover>().RunAsync(Cancel));
        }

        Assert.False(await store.Get<EmbedderTakeover>().RunAsync(Cancel));

        await using var db = await store.DatabaseAsync();
        Assert.Equal((0, 1), (await db.NextVectors.CountAsync(Cancel), await db.Settings.CountAsync(s => s.Key.StartsWith("embedder"), Cancel)));
        Assert.False((await SearchAsync(store, scope)).ByWordsAlone);
    }

    [Fact]
    public async Task Document_DeletedMeanwhile_LeavesNoVectorBehind()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.PublishAsync(scope, "Garden", Many);
        await using var other = await store.AgainAsync(new FailingEmbedder(callsThatWork: 2));
        await Assert.ThrowsAsync<InvalidOperationException>(() => other.Get<EmbedderTakeover>().RunAsync(Cancel));

        await other.Library.DeleteAsync(scope, document, Cancel);
        await other.Get<OutboxWorker>().DrainAsync(Cancel);

        await using var db = await other.DatabaseAsync();
        Assert.Equal(0, await db.NextVectors.CountAsync(Cancel));
        Assert.False(await other.Get<EmbedderTakeover>().RunAsync(Cancel));   // nothing is stored, so the model simply is the new one
        await other.PublishAsync(scope, "Weeds", "Nettles sting.");
    }

    private protected static Task<SearchResult> SearchAsync(Store store, KnowledgeScope scope) =>
        store.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest("What does plant number7 need?", [], 1_000), Cancel);

    private protected Task<Store> OpenAsync() => Store.OpenAsync(qdrant: Qdrant);

    /// <summary>Gives way after some calls for passages, as a model does that is stopped; queries and single passages always work.</summary>
    private sealed class FailingEmbedder(int callsThatWork) : IEmbeddingGenerator<string, Embedding<float>>
    {
        private readonly HashEmbedder inner = new("another", 32);
        private int calls;

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            var texts = values.ToList();
            return texts.Count == 1 || calls++ < callsThatWork ? inner.GenerateAsync(texts, options, cancellationToken) : throw new InvalidOperationException("stopped");
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => inner.GetService(serviceType, serviceKey);

        public void Dispose() => inner.Dispose();
    }
}

public sealed class QdrantEmbedderTakeoverTests : EmbedderTakeoverTests
{
    private protected override FakeQdrant? Qdrant { get; } = new();

    [Fact]
    public async Task Collection_OfTheNewModel_IsFilledBeforeTheAliasMovesAndTheOldOneGoes()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Garden", "Roses need sun.", "Ferns need shade.");
        Assert.Equal("passages_hash_1", Qdrant!.Aliases["passages_live"]);
        await using var other = await store.AgainAsync(new HashEmbedder("another", 32));
        Qdrant.Requests.Clear();

        await other.Get<EmbedderTakeover>().RunAsync(Cancel);

        Assert.Equal(2, Qdrant.Collections["passages_another_2"].Count);
        Assert.Equal("passages_hash_1", Qdrant.Aliases["passages_live"]);   // moved at the next use, when the database has changed
        Assert.False((await SearchAsync(other, scope)).ByWordsAlone);
        Assert.Equal("passages_another_2", Qdrant.Aliases["passages_live"]);
        await other.Get<QdrantKeeper>().CompareAsync(Cancel);
        Assert.Equal(["passages_another_2"], Qdrant.Collections.Keys);
        Assert.True(other.Get<QdrantHealth>().Comparison is { Written: 0, Deleted: 0 });
    }
}
