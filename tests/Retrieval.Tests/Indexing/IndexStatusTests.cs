using System.Net;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Qdrant;
using Rag.Retrieval.Search;
using Rag.Retrieval.Tests.Indexing.Qdrant;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing;

public sealed class IndexStatusTests : IDisposable
{
    private readonly FakeQdrant qdrant = new();

    public void Dispose() => qdrant.Dispose();

    [Fact]
    public async Task Embedded_CountsWhatIsSearchable()
    {
        await using var store = await OpenAsync();
        Assert.Equal(new IndexStatus(0, 0, null, null, null), await ReadAsync(store));

        await store.PublishAsync(NewScope(), "Stones", "Granite is hard.", "Chalk is soft.");
        await store.PublishAsync(NewScope(), "Plants", "Ferns need shade.");
        await store.AddAsync(NewScope());   // waits to be read

        Assert.Equal(new IndexStatus(2, 3, "hash, 64 dimensions", null, null), await ReadAsync(store));
    }

    [Fact]
    public async Task Qdrant_NothingIndexedYet_IsReachedAllTheSame()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        Assert.Equal(new QdrantStatus("http://localhost:6333", null, null, null, 0, 0, 0), (await ReadAsync(store)).Qdrant);

        await store.Get<QdrantKeeper>().CompareAsync(Cancel);

        Assert.Equal(new QdrantStatus("http://localhost:6333", null, store.Clock.GetUtcNow(), null, 0, 0, 0), (await ReadAsync(store)).Qdrant);
    }

    [Fact]
    public async Task Qdrant_NothingIndexedYetAndNobodyThere_IsFoundOutByTheComparison()
    {
        qdrant.Fault = _ => new HttpResponseMessage(HttpStatusCode.Unauthorized) { Content = new StringContent("Invalid API key or JWT") };
        await using var store = await OpenAsync(qdrant: qdrant);
        await Assert.ThrowsAsync<QdrantException>(() => store.Get<QdrantKeeper>().CompareAsync(Cancel));
    }

    [Fact]
    public async Task Qdrant_Emptied_IsBeingRebuiltAndThenCompared()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var scope = NewScope();
        await store.PublishAsync(scope, "Stones", "Granite is hard.", "Chalk is soft.");
        qdrant.Live.Clear();
        await Assert.ThrowsAsync<SearchUnavailableException>(
            () => store.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest("Is chalk soft?", [], 1_000), Cancel));

        Assert.Equal(new QdrantStatus("http://localhost:6333", null, null, null, 1, 0, 2), (await ReadAsync(store)).Qdrant);

        await store.Get<QdrantKeeper>().CompareAsync(Cancel);
        var now = store.Clock.GetUtcNow();
        store.Clock.Advance(TimeSpan.FromMinutes(1));

        var compared = (await ReadAsync(store)).Qdrant!;
        Assert.Equal((now, 0), (compared.ReachedAt, compared.Rebuilt));
        Assert.Equal(new QdrantComparison(now, Assert.Single(qdrant.Collections).Key, 2, 2, 0), compared.Comparison);
    }

    [Fact]
    public async Task Qdrant_Failed_KeepsTheErrorUntilItIsReachedAgain()
    {
        await using var store = await OpenAsync(qdrant: qdrant);
        var health = store.Get<QdrantHealth>();

        health.Failed("Qdrant at http://localhost:6333 does not answer.");
        Assert.Equal("Qdrant at http://localhost:6333 does not answer.", (await ReadAsync(store)).Qdrant!.Error);

        await store.Get<QdrantKeeper>().CompareAsync(Cancel);
        Assert.Null((await ReadAsync(store)).Qdrant!.Error);
    }

    private static Task<IndexStatus> ReadAsync(Store store) => store.Get<IIndexStatus>().ReadAsync(Cancel);
}
