using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Web.Access;
using Rag.Web.Admin;
using Rag.Web.Composition;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Admin;

public sealed class SelfTestTests
{
    private const string Path = "/api/v1/status/self-test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ByTheOwner_RunsOnceAndIsShownAtItsEnd()
    {
        await using var server = new DocentServer();
        using var owner = await OwnerAsync(server);
        var (work, ended) = (new TaskCompletionSource<IReadOnlyList<StatusLine>>(), Ended(server));
        server.SelfTest.Work = _ => work.Task;
        Assert.Equal("NotRun", (await StateAsync(owner)).State);

        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(owner, HttpMethod.Post));
        Assert.Equal("Running", (await StateAsync(owner)).State);
        Assert.Equal(HttpStatusCode.Conflict, await SendAsync(owner, HttpMethod.Post));
        work.SetResult([new("Writes", "61.0 tokens/s")]);
        await ended.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        Assert.Equal(("Done", "61.0 tokens/s"), await StateAsync(owner));
        Assert.Contains("61.0 tokens/s", await owner.Client.GetStringAsync("/status", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_EndsItAndAnotherCanStart()
    {
        await using var server = new DocentServer();
        using var owner = await OwnerAsync(server);
        var ended = Ended(server);
        server.SelfTest.Work = async stop =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return [];
        };
        await SendAsync(owner, HttpMethod.Post);
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(owner, HttpMethod.Delete));
        await ended.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        Assert.Equal("Cancelled", (await StateAsync(owner)).State);
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(owner, HttpMethod.Post));
    }

    [Fact]
    public async Task Start_ItThrows_IsFailedAndNothingElse()
    {
        await using var server = new DocentServer();
        using var owner = await OwnerAsync(server);
        var ended = Ended(server);
        server.SelfTest.Work = _ => throw new InvalidOperationException();
        await SendAsync(owner, HttpMethod.Post);
        await ended.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal("Failed", (await StateAsync(owner)).State);
    }

    [Fact]
    public async Task Board_CallerWithoutTheRightInTheDatabase_GetsNothing()
    {
        await using var server = new DocentServer();
        using var owner = await OwnerAsync(server);
        var board = server.Services.GetRequiredService<SelfTestBoard>();
        var id = new Caller(new UserId(await server.AddAccountAsync(DocentServer.OwnerName)), null);
        Assert.NotNull(await board.ReadAsync(id, Cancel));
        foreach (var stranger in new[] { new Caller(new UserId(await server.AddAccountAsync(DocentServer.OtherName)), null), new Caller(null, new GuestId(Guid.NewGuid())), Caller.Anonymous })
        {
            Assert.Null(await board.StartAsync(stranger, Cancel));
            Assert.Null(await board.ReadAsync(stranger, Cancel));
            Assert.False(await board.CancelAsync(stranger, Cancel));
        }

        // The cookie still says administrator; the database decides.
        await server.WithDatabaseAsync(db => db.UserClaims.ExecuteDeleteAsync(Cancel));
        Assert.Null(await board.StartAsync(id, Cancel));
    }

    [Fact]
    public void Lines_SayWhereHowFastAndWhetherItRepeats()
    {
        Assert.Equal(
            [new("Chat model", "small, works"), new("Ran on", "CPU"), new("Writes", "61.3 tokens/s"), new("Asked again", "the same, exactly")],
            ModelsSelfTest.Lines(new(ModelKind.Chat, "small", ExecutionProvider.Cpu, 61.25, true, null)));
        Assert.Equal(StatusLevel.Warning, ModelsSelfTest.Lines(new(ModelKind.Embedding, "bge", ExecutionProvider.Cuda, 8_000, false, null)).Last().Level);
        Assert.Equal([new("Chat model", "small: It is missing.", StatusLevel.Error)], ModelsSelfTest.Lines(new(ModelKind.Chat, "small", null, null, null, "It is missing.")));
    }

    private static async Task<Browser> OwnerAsync(DocentServer server)
    {
        var owner = server.OpenBrowser();
        using var created = await owner.PostFormAsync(server.PrintedLink(), new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });
        return owner;
    }

    private static Task Ended(DocentServer server)
    {
        var board = server.Services.GetRequiredService<SelfTestBoard>();
        var (ended, changes) = (new TaskCompletionSource(), 0);
        board.Changed += () =>
        {
            if (Interlocked.Increment(ref changes) == 2)   // its start and its end
            {
                ended.TrySetResult();
            }
        };
        return ended.Task;
    }

    private static async Task<HttpStatusCode> SendAsync(Browser browser, HttpMethod method)
    {
        using var request = new HttpRequestMessage(method, Path);
        request.Headers.Add(AntiforgeryHeaderFilter.Header, await browser.TokenAsync());
        using var answer = await browser.Client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private static async Task<(string? State, string? Value)> StateAsync(Browser browser)
    {
        var test = (await browser.Client.GetFromJsonAsync<JsonElement>("/api/v1/status", Cancel)).GetProperty("selfTest");
        return (test.GetProperty("state").GetString(), test.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("value").GetString()).LastOrDefault());
    }
}
