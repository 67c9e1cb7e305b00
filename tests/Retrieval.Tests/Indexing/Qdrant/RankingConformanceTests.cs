using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Qdrant;
using Rag.Retrieval.Search;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>The recorded rankings: through our fusion, through the client, and for the stand-in server of these tests itself.</summary>
public sealed class RankingConformanceTests : IHttpClientFactory, IDisposable
{
    private readonly FakeQdrant qdrant = new();

    public static TheoryData<string> All => new(Conformance.Queries.Select(query => (string)query["name"]!));

    public static TheoryData<string> SingleLists => new(Conformance.Queries
        .Where(query => query["request"]!["prefetch"] is null && Conformance.Tenant(query) is not null).Select(query => (string)query["name"]!));

    public static TheoryData<string> FusedWithSixty => new(Conformance.Queries
        .Where(query => query["request"]!["query"] is JsonObject fused && fused["rrf"] is JsonObject { Count: 1 } rrf && (int?)rrf["k"] == 60)
        .Select(query => (string)query["name"]!));

    public void Dispose() => qdrant.Dispose();

    public HttpClient CreateClient(string name) => new(qdrant, disposeHandler: false) { BaseAddress = new Uri("http://localhost:6333/") };

    [Theory]
    [MemberData(nameof(FusedWithSixty))]
    public void Lists_ThroughOurFusion_RankAsTheServerDoes(string name)
    {
        var query = Conformance.Query(name);
        var request = query["request"]!;
        var ids = Conformance.Data["points"]!.AsArray().Select(point => (string)point!["id"]!).ToList();
        var lists = query["lists"]!.AsArray().Select(list => list!.AsArray().Select(hit => new IndexHit(ids.IndexOf((string)hit!["id"]!), (double)hit["score"]!)).ToList()).ToList();

        var fused = RankFusion.Fuse(lists[0], lists[1], 1, 1);

        var offset = (int?)request["offset"] ?? 0;
        var threshold = (double?)request["score_threshold"] ?? 0;
        Conformance.AssertHits(
            query["hits"]!.AsArray(),
            [.. fused.Where(hit => hit.Score >= threshold).Skip(offset).Take((int)request["limit"]!).Select(hit => (ids[(int)hit.Row], hit.Score))],
            query["tied_beyond_cut"] as JsonArray);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task StandIn_RanksAsTheServerDoes(string name)
    {
        Load();
        var query = Conformance.Query(name);
        using var client = CreateClient("");
        using var body = new StringContent(query["request"]!.ToJsonString(), Encoding.UTF8, "application/json");

        var reply = await client.PostAsync(new Uri("collections/passages/points/query", UriKind.Relative), body, Cancel);

        var points = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!["result"]!["points"]!.AsArray();
        Conformance.AssertHits(
            query["hits"]!.AsArray(), [.. points.Select(point => ((string)point!["id"]!, (double)point["score"]!))], query["tied_beyond_cut"] as JsonArray);
    }

    [Theory]
    [MemberData(nameof(SingleLists))]
    public async Task List_ThroughTheClient_IsTheRecordedOne(string name)
    {
        Load();
        var query = Conformance.Query(name);

        var hits = await Client().QueryAsync("passages", RecordedCalls.Search(query["request"]!.AsObject()), Cancel);

        Assert.NotNull(RecordedCalls.Filter(query["request"]!["filter"]));   // the client can say all of it
        Conformance.AssertHits(query["hits"]!.AsArray(), [.. hits.Select(hit => (hit.Id.ToString(), hit.Score))], query["tied_beyond_cut"] as JsonArray);
    }

    [Fact]
    public async Task TwoLists_InOneRoundTrip_AreTheRecordedOnes()
    {
        Load();
        var query = Conformance.Query("hybrid-k60");
        var request = query["request"]!;
        var searches = request["prefetch"]!.AsArray().Select(inner =>
        {
            var whole = (JsonObject)inner!.DeepClone();
            whole["filter"] = request["filter"]!.DeepClone();   // repeated in each
            return RecordedCalls.Search(whole);
        }).ToList();

        var lists = await Client().QueryAsync("passages", searches, Cancel);

        Assert.Equal(["POST /collections/passages/points/query/batch"], qdrant.Requests);
        foreach (var (wanted, list) in query["lists"]!.AsArray().Zip(lists))
        {
            Conformance.AssertHits(wanted!.AsArray(), [.. list.Select(hit => (hit.Id.ToString(), hit.Score))]);
        }
    }

    private QdrantClient Client() => new(this, Options.Create(new QdrantOptions()), TimeProvider.System);

    private void Load()
    {
        var configuration = (JsonObject)Recording.Find("create-collection").Request["body"]!.DeepClone();
        var collection = new FakeCollection(configuration);
        collection.Upsert(new JsonObject { ["points"] = Conformance.Data["points"]!.DeepClone() });
        qdrant.Collections["passages"] = collection;
    }
}
