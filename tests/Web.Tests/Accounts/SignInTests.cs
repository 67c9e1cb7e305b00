using System.Net;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Accounts;

public sealed class SignInTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignOut_EndsTheSession()
    {
        await using var server = new DocentServer();
        using var browser = await server.SignedInAsync(DocentServer.OwnerName);

        using var left = await browser.PostFormAsync("/", "/sign-out", []);
        Assert.Equal("/sign-in", left.Target());
        using var home = await browser.GetAsync("/");
        Assert.Equal("/sign-in", home.Target());
    }

    [Fact]
    public async Task SignOut_WithoutToken_ChangesNothing()
    {
        await using var server = new DocentServer();
        using var browser = await server.SignedInAsync(DocentServer.OwnerName);

        using var refused = await browser.Client.PostAsync("/sign-out", new FormUrlEncodedContent([]), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var home = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
    }

    [Fact]
    public async Task SignIn_UnknownNameAndWrongPassword_GetTheSameWords()
    {
        await using var server = new DocentServer();
        await server.AddAccountAsync(DocentServer.OwnerName);
        using var browser = server.OpenBrowser();

        using var unknown = await browser.PostFormAsync("/sign-in", new() { ["Input.Name"] = "nobody", ["Input.Password"] = "wrong password" });
        using var wrong = await browser.PostFormAsync("/sign-in", new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = "wrong password" });

        Assert.Contains("do not match", await unknown.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("do not match", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_FiveWrongPasswords_LockTheAccountForTheRightOne()
    {
        await using var server = new DocentServer();
        await server.AddAccountAsync(DocentServer.OwnerName);
        using var browser = server.OpenBrowser();
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await browser.PostFormAsync("/sign-in", new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = "wrong password" });
        }

        using var right = await browser.PostFormAsync("/sign-in", new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task SignIn_ManyTriesFromOneAddress_AreSentAwayForAMinute()
    {
        await using var server = new DocentServer();
        await server.AddAccountAsync(DocentServer.OwnerName);
        using var browser = server.OpenBrowser();
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await browser.PostFormAsync("/sign-in", new() { ["Input.Name"] = $"name{i}", ["Input.Password"] = "wrong password" });
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using var eleventh = await browser.PostFormAsync("/sign-in", new() { ["Input.Name"] = "name", ["Input.Password"] = "wrong password" });
        Assert.Equal(HttpStatusCode.TooManyRequests, eleventh.StatusCode);
        Assert.NotNull(eleventh.Headers.RetryAfter);
        using var neighbour = server.OpenBrowser();
        using var other = await neighbour.PostFormAsync("/sign-in", new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });
        Assert.Equal(HttpStatusCode.Found, other.StatusCode);
    }

    [Theory]
    [InlineData("/status", "/status")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    public async Task SignIn_ReturnUrl_LeadsNowhereElse(string wanted, string reached)
    {
        await using var server = new DocentServer();
        await server.AddAccountAsync(DocentServer.OwnerName);
        using var browser = server.OpenBrowser();

        using var answer = await browser.PostFormAsync(
            $"/sign-in?returnUrl={Uri.EscapeDataString(wanted)}",
            new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });

        Assert.Equal(reached, answer.Target());
    }

    [Theory]
    [InlineData(false, "docent-account=", false)]
    [InlineData(true, "__Host-docent-account=", true)]
    public async Task Cookie_IsClosedToScriptsAndOtherSites(bool https, string name, bool secure)
    {
        await using var server = new DocentServer();
        await server.AddAccountAsync(DocentServer.OwnerName);
        using var browser = server.OpenBrowser(https);

        using var answer = await browser.PostFormAsync("/sign-in", new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });

        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.Contains("docent-account=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.StartsWith(name.ToLowerInvariant(), cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Contains("path=/", cookie, StringComparison.Ordinal);
        Assert.Equal(secure, cookie.Contains("secure", StringComparison.Ordinal));
        using var home = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
    }
}
