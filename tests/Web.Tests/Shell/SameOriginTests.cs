using System.Net;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Shell;

/// <summary>Two servers for all rows: one that knows its public address, one that does not.</summary>
public sealed class SameOriginServers : IAsyncDisposable
{
    internal DocentServer Published { get; } = new(null, ("Docent:PublicBaseUrl", "https://docent.example/docent"));

    internal DocentServer Plain { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await Published.DisposeAsync();
        await Plain.DisposeAsync();
    }
}

public sealed class SameOriginTests(SameOriginServers servers) : IClassFixture<SameOriginServers>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:81", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("null", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost", null, HttpStatusCode.Created)]
    [InlineData("null", "same-origin", HttpStatusCode.Created)]
    [InlineData("https://docent.example", null, HttpStatusCode.Created)]
    public async Task Write_FromAnotherSite_IsRefusedEvenWithAToken(string? origin, string? site, HttpStatusCode expected)
    {
        using var browser = await servers.Published.SignedInAsync(DocentServer.OwnerName);
        if (origin is not null)
        {
            browser.Client.DefaultRequestHeaders.Add("Origin", origin);
        }

        if (site is not null)
        {
            browser.Client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
        }

        using var answer = await browser.SendJsonAsync(HttpMethod.Post, "/api/v1/assistants", new { name = "Reports" });

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("http://localhost", true)]
    public async Task Socket_FromAnotherSite_IsRefused(string origin, bool accepted)
    {
        using var browser = await servers.Plain.SignedInAsync(DocentServer.OwnerName);
        var sockets = servers.Plain.Server.CreateWebSocketClient();
        sockets.ConfigureRequest = request =>
        {
            request.Headers.Origin = origin;
            request.Headers.Cookie = browser.Cookies;
        };

        var connecting = sockets.ConnectAsync(new Uri("ws://localhost/_blazor"), Cancel);

        if (accepted)
        {
            using var socket = await connecting;
            Assert.Equal(System.Net.WebSockets.WebSocketState.Open, socket.State);
        }
        else
        {
            Assert.Contains("403", (await Assert.ThrowsAsync<InvalidOperationException>(() => connecting)).Message, StringComparison.Ordinal);
        }
    }
}
