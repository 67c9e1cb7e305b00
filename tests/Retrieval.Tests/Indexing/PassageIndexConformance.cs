using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Tests.Indexing.Qdrant;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing;

/// <summary>What every index must do alike: the scoped dense queries that a real Qdrant answered.</summary>
public abstract class PassageIndexConformance
{
    private const int Dimensions = 8;
    private readonly Dictionary<string, KnowledgeScope> scopes = [];
    private readonly Dictionary<long, (string Id, JsonObject Payload)> rows = [];

    public static TheoryData<string> ScopedDenseQueries => new(Conformance.Queries
        .Where(query => query["request"]!["prefetch"] is null && (string)query["request"]!["using"]! == "dense" && Conformance.Tenant(query) is not null)
        .Select(query => (string)query["name"]!));

    private protected abstract FakeQdrant? Qdrant { get; }

    [Theory]
    [MemberData(nameof(ScopedDenseQueries))]
    public async Task DenseList_IsTheRecordedOne(string name)
    {
        await using var store = await Store.OpenAsync(embedder: new HashEmbedder(dimensions: Dimensions), qdrant: Qdrant);
        await LoadAsync(store);
        var query = Conformance.Query(name);
        var request = query["request"]!;
        var vector = request["query"]!.AsArray().Select(value => (float)value!).ToArray();
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        var scope = scopes[Conformance.Tenant(query)!];

        var answer = await store.Get<IPassageIndex>().SearchAsync(scope, new IndexQuery(vector, [], 60), Cancel);

        // Filters narrower than the knowledge base apply before ranking, so they may as well be applied to the whole list.
        Assert.Equal(20, answer.Dense.Count);
        var hits = answer.Dense.Select(hit => (rows[hit.Row].Id, hit.Score, rows[hit.Row].Payload))
            .Where(hit => FakeFilter.Matches((JsonObject)request["filter"]!, hit.Payload))
            .Where(hit => hit.Score >= ((double?)request["score_threshold"] ?? double.MinValue))
            .Skip((int?)request["offset"] ?? 0).Take((int)request["limit"]!)
            .Select(hit => (hit.Id, hit.Score)).ToList();
        Conformance.AssertHits(query["hits"]!.AsArray(), hits, query["tied_beyond_cut"] as JsonArray);
    }

    [Fact]
    public async Task Search_InEachScope_FindsItsOwnAlone()
    {
        await using var store = await Store.OpenAsync(embedder: new HashEmbedder(dimensions: Dimensions), qdrant: Qdrant);
        await LoadAsync(store);
        var vector = new float[Dimensions];
        vector[7] = 1;
        foreach (var (tenant, scope) in scopes)
        {
            var answer = await store.Get<IPassageIndex>().SearchAsync(scope, new IndexQuery(vector, ["invoic", "reactor", "nothing"], 100), Cancel);

            Assert.All(answer.Dense.Concat(answer.Lexical), hit => Assert.Equal(tenant, (string)rows[hit.Row].Payload["tenant"]!));
            Assert.Equal((20, 20, 5), (answer.Dense.Count, answer.PassageCount, answer.FileCount));
            Assert.NotEmpty(answer.Lexical);
            Assert.Equal(["invoic", "nothing", "reactor"], answer.TermWeights.Keys.Order());
            Assert.True(answer.TermWeights["nothing"] > answer.TermWeights["invoic"]);   // known by no passage of the scope
        }

        Assert.Empty((await store.Get<IPassageIndex>().SearchAsync(NewScope(), new IndexQuery(vector, ["invoic"], 10), Cancel)).Dense);
    }

    [Fact]
    public async Task Search_WithoutAVector_LeavesTheDenseListOut()
    {
        await using var store = await Store.OpenAsync(embedder: new HashEmbedder(dimensions: Dimensions), qdrant: Qdrant);
        await LoadAsync(store);

        var answer = await store.Get<IPassageIndex>().SearchAsync(scopes["acme"], new IndexQuery(default, ["invoic"], 10), Cancel);

        Assert.Empty(answer.Dense);
        Assert.NotEmpty(answer.Lexical);
        Assert.Equal(answer.Lexical.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row), answer.Lexical);
    }

    /// <summary>Each document and generation of the data becomes a document of its own, so that all of them are live.</summary>
    private async Task LoadAsync(Store store)
    {
        foreach (var file in Conformance.Data["points"]!.AsArray().Select(point => point!.AsObject())
            .GroupBy(point => ((string)point["payload"]!["tenant"]!, (string)point["payload"]!["document"]!, (int)point["payload"]!["generation"]!)))
        {
            var points = file.OrderBy(point => (int)point["payload"]!["ordinal"]!).ToList();
            var (tenant, name, _) = file.Key;
            var scope = scopes.TryGetValue(tenant, out var known) ? known : scopes[tenant] = NewScope();
            var (pages, chunks) = Pieces.Of([.. points.Select(point => (string)point["payload"]!["text"]!)]);
            await store.AddAsync(scope, name + ".txt");
            var lease = await store.LeaseAsync();
            await store.Writer.SavePagesAsync(lease, pages, Cancel);
            await store.Writer.SaveChunksAsync(lease, "", [.. chunks.Zip(points, (chunk, point) => new EmbeddedChunk(chunk, Vector(point)))], Cancel);
            await store.Writer.PublishAsync(lease, new DocumentFacts(name, pages.Count, chunks.Count, []), Cancel);
            await using var db = await store.DatabaseAsync();
            foreach (var chunk in db.Chunks.Where(c => c.Document == lease.Document))
            {
                rows[chunk.Row] = ((string)points[chunk.Ordinal]["id"]!, points[chunk.Ordinal]["payload"]!.AsObject());
            }
        }

        Assert.Equal((60, 3), (rows.Count, scopes.Count));
    }

    private static float[] Vector(JsonObject point)
    {
        var vector = point["vector"]!["dense"]!.AsArray().Select(value => (float)value!).ToArray();
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }
}

public sealed class EmbeddedConformanceTests : PassageIndexConformance
{
    private protected override FakeQdrant? Qdrant => null;
}

public sealed class QdrantConformanceTests : PassageIndexConformance
{
    private protected override FakeQdrant? Qdrant { get; } = new();
}
