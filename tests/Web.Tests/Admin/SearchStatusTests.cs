using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval.Indexing;
using Rag.Web.Admin;
using Rag.Web.Composition;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Admin;

public sealed class SearchStatusTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 4, 0, TimeSpan.Zero);
    private static readonly QdrantStatus Fine = new("http://qdrant:6333", null, At, new QdrantComparison(At, "passages_bge_1", 1_200, 0, 0), 0, 0, 0);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Embedded_SaysSoAndWhatItHolds()
    {
        Assert.Equal(
            [new("Index", "Embedded: files in the data folder"), new("Holds", "1,200 passages of 1 file"), new("Embedded by", "bge, 384 dimensions")],
            await ReadAsync((QdrantStatus?)null));
        Assert.Equal(["Index", "Holds"], (await ReadAsync(new IndexStatus(0, 0, null, null, null))).Select(line => line.Name));
    }

    [Fact]
    public async Task Qdrant_Whole_NamesItsCollectionAndLastComparison()
    {
        var lines = await ReadAsync(Fine);

        Assert.Equal("Qdrant at http://qdrant:6333", lines[0].Value);
        Assert.All(lines, line => Assert.Equal(StatusLevel.Normal, line.Level));
        Assert.Equal("In order", Value(lines, "State"));
        Assert.Equal("passages_bge_1, 1,200 passages", Value(lines, "Collection"));
        Assert.Equal("1 March 2026 12:04 UTC: nothing to repair", Value(lines, "Compared with the database"));
    }

    [Fact]
    public async Task Qdrant_Repaired_SaysWhatWasDone() =>
        Assert.Equal(
            "1 March 2026 12:04 UTC: 1 passage written, 2 deleted",
            Value(await ReadAsync(Fine with { Comparison = Fine.Comparison! with { Written = 1, Deleted = 2 } }), "Compared with the database"));

    [Fact]
    public async Task Qdrant_BeingRebuilt_IsAWarning()
    {
        var line = (await ReadAsync(Fine with { Rebuilt = 2, There = 40, Expected = 1_100 })).Single(l => l.Name == "Being repaired");
        Assert.Equal(StatusLevel.Warning, line.Level);
        Assert.StartsWith("2 assistants: 40 of 1,100 passages were found.", line.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "Last in order: 1 March 2026 12:04 UTC")]
    [InlineData(false, "questions get no answer")]
    public async Task Qdrant_Away_IsAnErrorThatSaysWhy(bool before, string words)
    {
        var line = (await ReadAsync(Fine with { Error = "Qdrant at http://qdrant:6333 does not answer: refused", ReachedAt = before ? At : null })).Single(l => l.Name == "State");
        Assert.Equal(StatusLevel.Error, line.Level);
        Assert.StartsWith("Qdrant at http://qdrant:6333 does not answer: refused. ", line.Value, StringComparison.Ordinal);
        Assert.Contains(words, line.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qdrant_NotLookedAtYet_IsAWarning() =>
        Assert.Equal(StatusLevel.Warning, (await ReadAsync(Fine with { ReachedAt = null, Comparison = null })).Single(l => l.Name == "State").Level);

    [Theory]
    [InlineData(320, null, "Passage 320 of 1,200. Until then search goes by words alone, and new files wait.")]
    [InlineData(1_200, null, "All 1,200 passages. The index is being switched.")]
    [InlineData(320, "The model stopped.", "Passage 320 of 1,200. Until then search goes by words alone, and new files wait.")]
    public async Task Takeover_SaysHowFarItIs(int done, string? heldUp, string words)
    {
        var lines = await ReadAsync(new IndexStatus(1, 1_200, "bge, 384 dimensions", null, new TakeoverStatus("e5", done, 1_200, heldUp)));

        Assert.Equal("e5", Value(lines, "Next embedding model"));
        Assert.Equal(words, Value(lines, "Prepared for it"));
        Assert.Equal(heldUp is null ? null : new StatusLine("Held up", "The model stopped. It is tried again every minute.", StatusLevel.Error), lines.SingleOrDefault(l => l.Name == "Held up"));
    }

    [Fact]
    public async Task Page_WithTheEmbeddedIndex_ShowsIt()
    {
        await using var server = new DocentServer();
        Assert.Contains("Embedded: files in the data folder", await StatusPageAsync(server), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Page_QdrantConfiguredAndNothingListening_StartsAndSaysWhatIsWrong()
    {
        await using var server = new DocentServer(null, ("Storage:Index", "Qdrant"), ("Storage:Qdrant:Url", "http://127.0.0.1:1"));
        var index = server.Services.GetRequiredService<IIndexStatus>();
        while ((await index.ReadAsync(TestContext.Current.CancellationToken)).Qdrant!.Error is null)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(1));   // pauses between the attempts
        }

        var page = await StatusPageAsync(server);

        Assert.Contains("Qdrant at http://127.0.0.1:1 does not answer", page, StringComparison.Ordinal);
        Assert.Contains("text-error", page, StringComparison.Ordinal);
    }

    private static async Task<string> StatusPageAsync(DocentServer server)
    {
        using var owner = server.OpenBrowser();
        using var created = await owner.PostFormAsync(server.PrintedLink(), new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });
        using var answer = await owner.GetAsync("/status");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static Task<IReadOnlyList<StatusLine>> ReadAsync(QdrantStatus? qdrant) =>
        ReadAsync(new IndexStatus(1, 1_200, "bge, 384 dimensions", qdrant, null));

    private static async Task<IReadOnlyList<StatusLine>> ReadAsync(IndexStatus status) => (await new SearchStatus(new FixedStatus(status)).ReadAsync(Cancel)).Lines;

    private static string Value(IReadOnlyList<StatusLine> lines, string name) => lines.Single(line => line.Name == name).Value;

    private sealed class FixedStatus(IndexStatus status) : IIndexStatus
    {
        public Task<IndexStatus> ReadAsync(CancellationToken cancel) => Task.FromResult(status);
    }
}
