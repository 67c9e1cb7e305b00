using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Sharing;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Sharing;

public sealed class ShareLinkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Link_Opened_LetsTheGuestIntoItsChatAlone()
    {
        await using var world = await World.StartAsync();
        var path = await world.ShareAsync(new ShareLinkTerms(null, null, null, true));
        var elsewhere = await world.Owner.PostJsonAsync<AssistantView>("/api/v1/assistants", new { name = "Private" });
        using var guest = world.Server.OpenBrowser();

        using var entered = await guest.GetAsync(path);
        Assert.Equal($"/chat/{world.Assistant:N}", entered.Target());
        using var own = await guest.GetAsync($"/api/v1/assistants/{world.Assistant:N}/conversations");
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        using var other = await guest.GetAsync($"/api/v1/assistants/{elsewhere.Id:N}/conversations");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var editor = await guest.GetAsync($"/assistants/{world.Assistant:N}");
        Assert.StartsWith("/sign-in", editor.Target(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_Revoked_EndsTheGuestsChatAtOnce()
    {
        await using var world = await World.StartAsync();
        var path = await world.ShareAsync(new ShareLinkTerms(null, null, null, true));
        using var guest = world.Server.OpenBrowser();
        using var entered = await guest.GetAsync(path);
        var link = (await world.Owner.ReadAsync<ShareLinkView[]>($"{world.Api}/links")).Single();

        using var revoked = await world.Owner.SendAsync(HttpMethod.Delete, $"{world.Api}/links/{link.Id:N}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var chat = await guest.GetAsync($"{world.Api}/conversations");
        Assert.Equal(HttpStatusCode.NotFound, chat.StatusCode);
        Assert.Empty(await world.Owner.ReadAsync<ShareLinkView[]>($"{world.Api}/links"));
        using var again = await world.Owner.SendAsync(HttpMethod.Delete, $"{world.Api}/links/{link.Id:N}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Link_Expired_LetsNobodyInAndNobodyGoOn()
    {
        await using var world = await World.StartAsync();
        var path = await world.ShareAsync(new ShareLinkTerms(world.Now.AddDays(7), null, null, true));
        using var early = world.Server.OpenBrowser();
        using var entered = await early.GetAsync(path);
        Assert.Equal(HttpStatusCode.Found, entered.StatusCode);

        world.Server.Clock.Advance(TimeSpan.FromDays(7));

        using var chat = await early.GetAsync($"{world.Api}/conversations");
        Assert.Equal(HttpStatusCode.NotFound, chat.StatusCode);
        using var late = world.Server.OpenBrowser();
        using var refused = await late.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task DeadLinks_OfAnyKind_GetOnePage()
    {
        await using var world = await World.StartAsync();
        var expired = await world.ShareAsync(new ShareLinkTerms(world.Now.AddDays(1), null, null, true));
        var revoked = await world.ShareAsync(new ShareLinkTerms(null, "open sesame", null, true));
        using var removed = await world.Owner.SendAsync(
            HttpMethod.Delete, $"{world.Api}/links/{(await world.Owner.ReadAsync<ShareLinkView[]>($"{world.Api}/links")).Single(link => link.Passphrase).Id:N}");
        world.Server.Clock.Advance(TimeSpan.FromDays(2));
        using var setUp = world.Server.OpenBrowser();
        var pages = new HashSet<string>();
        foreach (var path in new[] { expired, revoked, "/s/" + SecretToken.Create(), "/s/short", "/s/" + new string('ä', 43), expired[..^1] + "=" })
        {
            using var visitor = world.Server.OpenBrowser();
            using var answer = await visitor.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            pages.Add(await answer.Content.ReadAsStringAsync(Cancel));
        }

        Assert.Contains("This link does not work", Assert.Single(pages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passphrase_RightOneOnly_LetsIn()
    {
        await using var world = await World.StartAsync();
        var path = await world.ShareAsync(new ShareLinkTerms(null, "open sesame", null, true));
        using var guest = world.Server.OpenBrowser();

        using var asked = await guest.GetAsync(path);
        Assert.Equal($"{path}/passphrase", asked.Target());
        using var wrong = await guest.PostFormAsync($"{path}/passphrase", new() { ["Input.Passphrase"] = "Open Sesame" });
        Assert.Contains("That is not the passphrase", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var closed = await guest.GetAsync($"{world.Api}/conversations");
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);

        using var right = await guest.PostFormAsync($"{path}/passphrase", new() { ["Input.Passphrase"] = "open sesame" });
        Assert.Equal($"/chat/{world.Assistant:N}", right.Target());
        using var open = await guest.GetAsync($"{world.Api}/conversations");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        using var later = await guest.GetAsync(path);
        Assert.Equal($"/chat/{world.Assistant:N}", later.Target());
    }

    [Fact]
    public async Task Passphrase_ManyGuesses_AreSentAwayForAMinute()
    {
        await using var world = await World.StartAsync();
        var path = await world.ShareAsync(new ShareLinkTerms(null, "open sesame", null, true));
        using var guest = world.Server.OpenBrowser();
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await guest.PostFormAsync($"{path}/passphrase", new() { ["Input.Passphrase"] = $"guess {i}" });
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using var sixth = await guest.PostFormAsync($"{path}/passphrase", new() { ["Input.Passphrase"] = "open sesame" });
        Assert.Equal(HttpStatusCode.TooManyRequests, sixth.StatusCode);
    }

    [Fact]
    public async Task Token_IsShownOnceAndStoredHashed()
    {
        await using var world = await World.StartAsync();
        var path = await world.ShareAsync(new ShareLinkTerms(null, null, 5, false));
        var token = path["/s/".Length..];

        var stored = await world.Server.WithDatabaseAsync(db => Task.FromResult(db.ShareLinks.Single()));

        Assert.Equal(SecretToken.Hash(TokenPurpose.Share, token), stored.TokenHash);
        Assert.NotEqual(SecretToken.Hash(TokenPurpose.SetUp, token), stored.TokenHash);
        Assert.DoesNotContain(token, await world.Owner.Client.GetStringAsync($"{world.Api}/links", Cancel), StringComparison.Ordinal);
        var view = (await world.Owner.ReadAsync<ShareLinkView[]>($"{world.Api}/links")).Single();
        Assert.Equal((5, 0, false, false), (view.MessageCap, view.MessagesUsed, view.SourcesAllowed, view.Passphrase));
    }

    [Fact]
    public async Task ShareToken_OnTheSetupPage_IsWorthless()
    {
        await using var world = await World.StartAsync();
        var path = await world.ShareAsync(new ShareLinkTerms(null, null, null, true));
        using var visitor = world.Server.OpenBrowser();

        Assert.Contains("used up", await visitor.Client.GetStringAsync(path.Replace("/s/", "/setup/", StringComparison.Ordinal), Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"messageCap":0,"sourcesAllowed":true}""")]
    [InlineData("""{"expiresAt":"2001-01-01T00:00:00Z","sourcesAllowed":true}""")]
    public async Task Terms_Impossible_AreRefused(string body)
    {
        await using var world = await World.StartAsync();

        using var answer = await world.Owner.SendAsync(
            HttpMethod.Post, $"{world.Api}/links", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await world.Owner.ReadAsync<ShareLinkView[]>($"{world.Api}/links"));
    }

    [Fact]
    public async Task Links_OfSharedAssistants_AreListedWhileTheyWork()
    {
        await using var world = await World.StartAsync();
        await world.ShareAsync(new ShareLinkTerms(world.Now.AddDays(1), null, null, true));
        var store = world.Server.Services.GetRequiredService<ShareLinkStore>();
        var caller = new Caller(new UserId(await world.Server.AddAccountAsync(DocentServer.OwnerName)), null);

        Assert.Equal([new AssistantId(world.Assistant)], await store.ListSharedAsync(caller, Cancel));
        world.Server.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Empty(await store.ListSharedAsync(caller, Cancel));
    }

    [Theory]
    [InlineData(null, "http://localhost:5080/", "http://localhost:5080/s/T", true)]
    [InlineData(null, "http://127.0.0.1/", "http://127.0.0.1/s/T", true)]
    [InlineData(null, "http://nas.home:5080/", "http://nas.home:5080/s/T", false)]
    [InlineData("https://docent.example/", "http://localhost:5080/", "https://docent.example/s/T", false)]
    public void Address_CarriesThePublicBase(string? publicBase, string seen, string address, bool local)
    {
        Assert.Equal(address, ShareAddress.For(publicBase, seen, "T"));
        Assert.Equal(local, ShareAddress.IsLocal(publicBase, seen));
    }

    private sealed class World(DocentServer server, Browser owner, Guid assistant) : IAsyncDisposable
    {
        public DocentServer Server => server;

        public Browser Owner => owner;

        public Guid Assistant => assistant;

        public string Api => $"/api/v1/assistants/{assistant:N}";

        public DateTime Now => server.Clock.GetUtcNow().UtcDateTime;

        public static async Task<World> StartAsync()
        {
            var server = new DocentServer();
            var owner = await server.SignedInAsync(DocentServer.OwnerName);
            var assistant = await owner.PostJsonAsync<AssistantView>("/api/v1/assistants", new { name = "Reports" });
            return new World(server, owner, assistant.Id);
        }

        public async Task<string> ShareAsync(ShareLinkTerms terms) => (await owner.PostJsonAsync<NewShareLinkView>($"{Api}/links", terms)).Path;

        public async ValueTask DisposeAsync()
        {
            owner.Dispose();
            await server.DisposeAsync();
        }
    }
}
