using System.Net;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Accounts;

public sealed class SetupTests
{
    private static readonly Dictionary<string, string> Account = new() { ["Input.Name"] = "olga", ["Input.Password"] = DocentServer.Password };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FreshServer_PrintedLink_CreatesTheOwnerSignsInAndIsDead()
    {
        await using var server = new DocentServer();
        using var browser = server.OpenBrowser();
        var link = server.PrintedLink();

        using var created = await browser.PostFormAsync(link, new(Account));
        Assert.Equal("/", created.Target());
        using var home = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
        using var status = await browser.GetAsync("/status");
        Assert.Equal(HttpStatusCode.OK, status.StatusCode);

        using var second = server.OpenBrowser();
        Assert.Contains("used up", await second.Client.GetStringAsync(link, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FreshServer_TwoBrowsersWithTheSameForm_MakeOneAccount()
    {
        await using var server = new DocentServer();
        using var first = server.OpenBrowser();
        using var second = server.OpenBrowser();
        var link = server.PrintedLink();

        var answers = await Task.WhenAll(
            first.PostFormAsync(link, new(Account)),
            second.PostFormAsync(link, new() { ["Input.Name"] = "mallory", ["Input.Password"] = DocentServer.Password }));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Found);
        Assert.Equal(1, await server.WithDatabaseAsync(db => Task.FromResult(db.Users.Count())));
    }

    [Theory]
    [InlineData("", DocentServer.Password, "Choose a name.")]
    [InlineData("olga", "short", "Choose a password of 10 to 128 characters.")]
    [InlineData("ol ga", DocentServer.Password, "can only contain letters or digits")]
    public async Task Setup_BadForm_SaysWhyAndTheLinkLives(string name, string password, string sentence)
    {
        await using var server = new DocentServer();
        using var browser = server.OpenBrowser();

        using var refused = await browser.PostFormAsync(server.PrintedLink(), new() { ["Input.Name"] = name, ["Input.Password"] = password });

        Assert.Contains(sentence, await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var created = await browser.PostFormAsync(server.PrintedLink(), new(Account));
        Assert.Equal(HttpStatusCode.Found, created.StatusCode);
    }

    [Fact]
    public async Task FreshServer_Anonymous_ReachesSetupOnly()
    {
        await using var server = new DocentServer();
        using var browser = server.OpenBrowser();

        using var home = await browser.GetAsync("/");
        Assert.Equal("/sign-in", home.Target());
        Assert.Contains("not set up yet", await browser.Client.GetStringAsync("/sign-in", Cancel), StringComparison.Ordinal);
        using var api = await browser.GetAsync("/api/v1/assistants");
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        Assert.Contains("used up", await browser.Client.GetStringAsync("/setup/" + new string('A', 43), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResetOwner_PrintedLink_SetsANewPasswordAndEndsOtherSessions()
    {
        var folder = Directory.CreateTempSubdirectory("docent-reset").FullName;
        try
        {
            await using (var first = new DocentServer(folder))
            {
                using var browser = first.OpenBrowser();
                using var created = await browser.PostFormAsync(first.PrintedLink(), new(Account));
                Assert.Equal(HttpStatusCode.Found, created.StatusCode);
            }

            await using var server = new DocentServer(folder, ("reset-owner", "true"));
            using var owner = server.OpenBrowser();
            var page = await owner.Client.GetStringAsync(server.PrintedLink(), Cancel);
            Assert.Contains("olga", page, StringComparison.Ordinal);
            using var reset = await owner.PostFormAsync(server.PrintedLink(), new() { ["Input.Password"] = "nine louder geese" });
            Assert.Equal("/", reset.Target());

            using var visitor = server.OpenBrowser();
            using var old = await visitor.PostFormAsync("/sign-in", new() { ["Input.Name"] = "olga", ["Input.Password"] = DocentServer.Password });
            Assert.Equal(HttpStatusCode.OK, old.StatusCode);
            using var fresh = await visitor.PostFormAsync("/sign-in", new() { ["Input.Name"] = "olga", ["Input.Password"] = "nine louder geese" });
            Assert.Equal(HttpStatusCode.Found, fresh.StatusCode);
            Assert.Contains("used up", await visitor.Client.GetStringAsync(server.PrintedLink(), Cancel), StringComparison.Ordinal);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Restart_KeepsTheAccountTheSignInAndPrintsNoLink()
    {
        var folder = Directory.CreateTempSubdirectory("docent-restart").FullName;
        try
        {
            string cookie;
            await using (var first = new DocentServer(folder))
            {
                using var browser = first.OpenBrowser();
                using var created = await browser.PostFormAsync(first.PrintedLink(), new(Account));
                cookie = created.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("docent-account=", StringComparison.Ordinal)).Split(';')[0];
            }

            await using var second = new DocentServer(folder);
            using var again = second.OpenBrowser();
            again.Client.DefaultRequestHeaders.Add("Cookie", cookie);
            using var home = await again.GetAsync("/");

            Assert.Equal(HttpStatusCode.OK, home.StatusCode);
            Assert.Equal("", second.PrintedLink());
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void ResetSwitch_AmongOtherArguments_TakesNoValue() =>
        Assert.Equal(
            ["--reset-owner=true", "--data", "x"],
            Web.Accounts.SetupLinkPrinter.Spell(["--reset-owner", "--data", "x"]));
}
