using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval.Indexing.Qdrant;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>The whole HTTP path against a server that misbehaves. Time-outs and pauses are asked for by their length.</summary>
public sealed class FaultTests : IAsyncDisposable
{
    private const string Points = """{"points":[{"id":"eeb48bb1-e770-5783-936c-af96f08b59cb","version":1,"score":0.5}]}""";
    private const string Completed = """{"operation_id":1,"status":"completed"}""";
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(2);   // half of the time that a search has
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly QdrantSearch Search = QdrantSearch.ByVector(
        new float[] { 1, 0 }, QdrantFilter.Of(QdrantCondition.Is("tenant", "a")), 5, new QdrantSearchParams(HnswEf: 128, Rescore: true), "document");

    private readonly FaultyServer server = new();
    private readonly ManualClock clock = new();
    private readonly ServiceProvider services;

    public FaultTests()
    {
        var parts = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock);
        parts.AddQdrantHttp();
        parts.Configure<QdrantOptions>(options => (options.Url, options.ApiKey, options.BatchPoints) = (server.Url, "docent-test-key", 512));
        services = parts.BuildServiceProvider();
    }

    private QdrantClient Client => services.GetRequiredService<QdrantClient>();

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Call_CarriesTheKeyAndIsReadable()
    {
        server.Replies(200, FaultyServer.Ok(Points));

        Assert.Equal(0.5, Assert.Single(await Client.QueryAsync("c", Search, Cancel)).Score);

        var (head, body) = Assert.Single(server.Requests);
        Assert.StartsWith("POST /collections/c/points/query?timeout=4 HTTP/1.1", head, StringComparison.Ordinal);
        Assert.Contains("api-key: docent-test-key", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Content-Type: application/json", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            """{"query":[1,0],"using":"dense","limit":5,"filter":{"must":[{"key":"tenant","match":{"value":"a"}}]},"params":{"hnsw_ef":128,"quantization":{"rescore":true}},"with_payload":["document"]}""",
            body);
    }

    [Fact]
    public async Task Search_OfASilentServer_IsAskedAgainOnceAndEndsInTime()
    {
        server.KeepsSilent().KeepsSilent();
        var searching = Client.QueryAsync("c", Search, Cancel);

        await server.ArrivedAsync(Cancel);
        await clock.ElapseAsync(Attempt, Cancel);
        await clock.ElapseAsync(FirstPause, Cancel);
        await server.ArrivedAsync(Cancel);
        await clock.ElapseAsync(TimeSpan.FromSeconds(4), Cancel);   // the whole search's

        var error = await Assert.ThrowsAsync<QdrantException>(() => searching);
        Assert.Equal(QdrantFailure.Unavailable, error.Failure);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Search_OfAServerThatIsSlowOnce_Succeeds()
    {
        server.KeepsSilent().Replies(200, FaultyServer.Ok(Points));
        var searching = Client.QueryAsync("c", Search, Cancel);

        await server.ArrivedAsync(Cancel);
        await clock.ElapseAsync(Attempt, Cancel);
        await clock.ElapseAsync(FirstPause, Cancel);

        Assert.Single(await searching);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("half")]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("408")]
    [InlineData("502")]
    public async Task Fault_Once_IsPassedOver(string fault)
    {
        Fault(fault);
        server.Replies(200, FaultyServer.Ok(Points));
        var searching = Client.QueryAsync("c", Search, Cancel);

        await clock.ElapseAsync(FirstPause, Cancel);

        Assert.Single(await searching);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("reset", QdrantFailure.Unavailable)]
    [InlineData("half", QdrantFailure.Unavailable)]
    [InlineData("500", QdrantFailure.Broken)]
    [InlineData("503", QdrantFailure.Unavailable)]
    public async Task Fault_Lasting_IsNamedAfterFourTries(string fault, object failure)
    {
        for (var i = 0; i < 4; i++)
        {
            Fault(fault);
        }

        var searching = Client.QueryAsync("c", Search, Cancel);
        foreach (var pause in new[] { 1, 2, 4 })
        {
            await clock.ElapseAsync(FirstPause * pause, Cancel);
        }

        var error = await Assert.ThrowsAsync<QdrantException>(() => searching);
        Assert.Equal(failure, error.Failure);
        Assert.Equal(4, server.Requests.Count);
        Assert.DoesNotContain("docent-test-key", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManyRequests_WithRetryAfter_IsWaitedForExactlySoLong()
    {
        server.Replies(429, """{"status":{"error":"Rate limiting exceeded"},"time":0.0}""", headers: "Retry-After: 12").Replies(200, FaultyServer.Ok("""{"count":7}"""));
        var counting = Client.CountAsync("c", null, Cancel);

        await clock.ElapseAsync(TimeSpan.FromSeconds(12), Cancel);

        Assert.Equal(7, await counting);
    }

    [Fact]
    public async Task TooManyRequests_WhileSomebodyWaits_IsSaidAtOnce()
    {
        server.Replies(429, """{"status":{"error":"Rate limiting exceeded"},"time":0.0}""", headers: "Retry-After: 12");

        var error = await Assert.ThrowsAsync<QdrantException>(() => Client.QueryAsync("c", Search, Cancel));

        Assert.Equal(QdrantFailure.Busy, error.Failure);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(413)]
    public async Task Batch_ThatCanNeverPass_IsSplit(int status)
    {
        server.Replies(status, """{"status":{"error":"too much"},"time":0.0}""")
            .Replies(200, FaultyServer.Ok(Completed))
            .Replies(status, """{"status":{"error":"too much"},"time":0.0}""")
            .Replies(200, FaultyServer.Ok(Completed))
            .Replies(200, FaultyServer.Ok(Completed));

        await Client.UpsertAsync("c", PointsOf(4), Cancel);

        Assert.Equal([4, 2, 2, 1, 1], server.Requests.Select(request => JsonNode.Parse(request.Body)!["points"]!.AsArray().Count));
        Assert.All(server.Requests, request => Assert.Contains("/points?wait=true&timeout=30 ", request.Head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Batch_RefusedForItsLength_IsSplitThoughTheStatusIs400()
    {
        server.Replies(400, """{"status":{"error":"JSON payload (34603021 bytes) is larger than allowed (limit: 33554432 bytes)."},"time":0.0}""")
            .Replies(200, FaultyServer.Ok(Completed)).Replies(200, FaultyServer.Ok(Completed));

        await Client.UpsertAsync("c", PointsOf(4, textLength: 400_000), Cancel);

        Assert.Equal([4, 2, 2], server.Requests.Select(request => JsonNode.Parse(request.Body)!["points"]!.AsArray().Count));
    }

    [Fact]
    public async Task Batch_RefusedThoughShort_IsNotSentAgain()
    {
        server.Replies(400, """{"status":{"error":"Wrong input: Vector dimension error"},"time":0.0}""");

        var error = await Assert.ThrowsAsync<QdrantException>(() => Client.UpsertAsync("c", PointsOf(4), Cancel));

        Assert.Equal(QdrantFailure.Rejected, error.Failure);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Batches_AreCutByLength()
    {
        server.Replies(200, FaultyServer.Ok(Completed)).Replies(200, FaultyServer.Ok(Completed)).Replies(200, FaultyServer.Ok(Completed));

        await Client.UpsertAsync("c", PointsOf(9, textLength: 1_000_000), Cancel);
        await Client.UpsertAsync("c", [], Cancel);   // an empty one would be a 400
        await Client.DeleteAsync("c", [], Cancel);

        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(9, server.Requests.Sum(request => JsonNode.Parse(request.Body)!["points"]!.AsArray().Count));
        Assert.All(server.Requests, request => Assert.True(request.Body.Length < 5_000_000));
    }

    [Fact]
    public async Task Write_ThatTheServerDoesNotSeeTheEndOf_IsRepeated()
    {
        server.Replies(200, FaultyServer.Ok("""{"operation_id":1,"status":"wait_timeout"}""")).Replies(200, FaultyServer.Ok(Completed));

        await Client.UpsertAsync("c", PointsOf(1), Cancel);

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task WrongKey_IsTextAndSaysWhichSetting()
    {
        server.Replies(401, "Invalid API key or JWT", "text/plain");

        var error = await Assert.ThrowsAsync<QdrantException>(() => Client.CountAsync("c", null, Cancel));

        Assert.Equal(QdrantFailure.Denied, error.Failure);
        Assert.Contains("Storage:Qdrant:ApiKey", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongAddress_IsToldFromAMissingCollection()
    {
        server.Replies(404, "").Replies(404, """{"status":{"error":"Not found: Collection `c` doesn't exist!"},"time":0.0}""").Replies(200, "<html></html>", "text/html");

        Assert.Equal(QdrantFailure.Misconfigured, (await Assert.ThrowsAsync<QdrantException>(() => Client.FindCollectionAsync("c", Cancel))).Failure);
        Assert.Null(await Client.FindCollectionAsync("c", Cancel));
        Assert.Equal(QdrantFailure.Misconfigured, (await Assert.ThrowsAsync<QdrantException>(() => Client.CountAsync("c", null, Cancel))).Failure);
    }

    [Fact]
    public async Task Breaker_AfterManyFaults_SparesTheServerAndLetsItTryAgainLater()
    {
        for (var i = 0; i < 6; i++)
        {
            server.Replies(503, "");
        }

        for (var i = 0; i < 2; i++)
        {
            var searching = Client.QueryAsync("c", Search, Cancel);
            foreach (var pause in i == 0 ? new[] { 1, 2, 4 } : [1, 2])
            {
                await clock.ElapseAsync(FirstPause * pause, Cancel);
            }

            await Assert.ThrowsAsync<QdrantException>(() => searching);
        }

        Assert.Equal(6, server.Requests.Count);
        var spared = await Assert.ThrowsAsync<QdrantException>(() => Client.QueryAsync("c", Search, Cancel));
        Assert.Equal(QdrantFailure.Unavailable, spared.Failure);
        Assert.EndsWith("does not answer: it failed several times and is left alone for a few seconds", spared.Message, StringComparison.Ordinal);
        Assert.Equal(6, server.Requests.Count);   // open: nothing was sent

        server.Replies(200, FaultyServer.Ok(Points));
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Single(await Client.QueryAsync("c", Search, Cancel));
    }

    [Fact]
    public async Task Vector_ThatIsNotFinite_IsRefusedBeforeItIsSent() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Client.QueryAsync("c", Search with { Dense = new[] { float.PositiveInfinity } }, Cancel));

    private static List<QdrantPoint> PointsOf(int count, int textLength = 1) => [.. Enumerable.Range(0, count).Select(i => new QdrantPoint(
        new PointId((ulong)i), new float[] { 1, 0 }, null, new JsonObject { ["text"] = new string('x', textLength) }))];

    private void Fault(string fault) => _ = fault switch
    {
        "reset" => server.Resets(),
        "half" => server.RepliesHalf(FaultyServer.Ok(Points)),
        _ => server.Replies(int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture), """{"status":{"error":"no"},"time":0.0}"""),
    };
}
