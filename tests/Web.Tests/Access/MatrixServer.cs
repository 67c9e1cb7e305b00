using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using Rag.Web.Access;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Access;

/// <summary>One server with its callers, shared by all rows of the matrix.</summary>
public sealed class MatrixServer : IAsyncLifetime
{
    /// <summary>Each caller's antiforgery token, which holds for as long as they are signed in: its page lists the hundreds of assistants that the rows make.</summary>
    private static readonly ConditionalWeakTable<Browser, string> Tokens = [];

    internal DocentServer Server { get; } = new();

    internal Browser Owner { get; private set; } = null!;

    internal Browser Other { get; private set; } = null!;

    internal Browser Guest { get; private set; } = null!;

    internal string OwnerId { get; private set; } = "";

    internal string OtherId { get; private set; } = "";

    /// <summary>Who the guest's cookie says it is.</summary>
    internal GuestId GuestId { get; private set; }

    internal Household Household { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Household = new Household(Server);
        Owner = Server.OpenBrowser();
        using var created = await Owner.PostFormAsync(Server.PrintedLink(), new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });
        Other = await Server.SignedInAsync(DocentServer.OtherName);
        OwnerId = await Server.AddAccountAsync(DocentServer.OwnerName);
        OtherId = await Server.AddAccountAsync(DocentServer.OtherName);

        Guest = Server.OpenBrowser();
        var doorway = await Household.MakeAsync(OwnerId, null);
        using var entered = await Guest.GetAsync($"/s/{doorway.Token}");
        Assert.Equal($"/chat/{doorway.Assistant:N}", entered.Target());
        GuestId = new GuestId(await Server.WithDatabaseAsync(db => Task.FromResult(db.GuestVisits.Single(visit => visit.LinkId == doorway.Link).GuestId)));
    }

    /// <summary>Sends what the row says, with an antiforgery token where the caller can have one.</summary>
    internal static async Task<Reply> SendAsync(Browser browser, RouteRow row, RouteIds ids, bool token = true)
    {
        var path = ids.Fill(row.Pattern);
        HttpContent? content = row.Body switch
        {
            null => null,
            string bytes => new ByteArrayContent(Encoding.ASCII.GetBytes(bytes)),
            var body => JsonContent.Create(body),
        };
        if (row.Body is string)
        {
            path += "?name=report.pdf";
        }

        using var request = new HttpRequestMessage(new HttpMethod(row.Method), path) { Content = content };
        if (row.Writes && token && await TokenAsync(browser) is { } value)
        {
            request.Headers.Add(AntiforgeryHeaderFilter.Header, value);
        }

        using var answer = await browser.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(answer, ids);
    }

    private static async Task<string?> TokenAsync(Browser browser)
    {
        if (!Tokens.TryGetValue(browser, out var known) && await browser.TokenAsync() is { } read)
        {
            Tokens.AddOrUpdate(browser, known = read);
        }

        return known;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in new[] { Owner, Other, Guest })
        {
            browser.Dispose();
        }

        await Server.DisposeAsync();
    }
}

/// <summary>All of an answer that a caller can compare: status, headers but the date, body; with the ids of the question blanked.</summary>
internal sealed record Reply(int Status, string Headers, string Body)
{
    public static async Task<Reply> ReadAsync(HttpResponseMessage answer, RouteIds ids)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers)
            .Where(header => header.Key != "Date")
            .OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {ids.Blank(string.Join(", ", header.Value))}");
        return new Reply((int)answer.StatusCode, string.Join('\n', headers), ids.Blank(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    public bool AsksForSignIn => Status == 401 || (Status == 302 && Headers.Contains("Location: http://localhost/sign-in", StringComparison.Ordinal))
        || (Status == 302 && Headers.Contains("Location: /sign-in", StringComparison.Ordinal));
}
