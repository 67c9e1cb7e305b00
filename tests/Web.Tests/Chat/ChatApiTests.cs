using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Rag.Web.Chat;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Chat;

public sealed class ChatApiTests : IAsyncLifetime
{
    private readonly DocentServer server = new();
    private Browser owner = null!;
    private RouteIds ids = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        owner = await server.SignedInAsync(DocentServer.OwnerName);
        ids = await new Household(server).MakeAsync(await server.AddAccountAsync(DocentServer.OwnerName), null);
    }

    public async ValueTask DisposeAsync()
    {
        owner.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Ask_NewConversation_StreamsEventsAndIsStored()
    {
        using var answer = await AskAsync(new AskRequest("hi"));
        var events = await EventsAsync(answer);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["accepted", "searching", "evidence", "ended"], events.Select(e => e.Name));
        Assert.Equal(TurnState.Done, events[^1].Data.State);
        Assert.Equal(AnswerKind.SmallTalk, events[^1].Data.Answer!.Kind);
        var stored = await owner.ReadAsync<ConversationReply>($"/api/v1/conversations/{events[0].Data.Conversation:N}");
        Assert.Equal(("hi", events[0].Data.Turn), (Assert.Single(stored.Turns).Question, stored.Turns[0].Id));
    }

    [Fact]
    public async Task Events_OfAFinishedAnswer_AreItsEnd()
    {
        using var answer = await owner.GetAsync($"/api/v1/turns/{ids.Turn:N}/events");
        var ended = Assert.Single(await EventsAsync(answer));
        Assert.Equal(("ended", "Net sales"), (ended.Name, ended.Data.Answer!.Citations[0].Quote));
    }

    [Fact]
    public async Task Ask_TooLong_IsTheCallersFault()
    {
        using var answer = await AskAsync(new AskRequest(new string('x', 4_001)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("4,001 characters", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_WithAFieldTooMany_IsRefused()
    {
        using var answer = await AskAsync(new { Question = "hi", Model = "another" });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Ask_TooFast_SaysWhenToComeBack()
    {
        for (var i = 0; i < 20; i++)
        {
            using var taken = await AskAsync(new AskRequest("hi"));
            await EventsAsync(taken);
        }

        using var answer = await AskAsync(new AskRequest("hi"));
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(60), answer.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Conversation_Read_CarriesNoDocumentIds()
    {
        using var answer = await owner.GetAsync($"/api/v1/conversations/{ids.Conversation:N}");
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("Net sales", body, StringComparison.Ordinal);
        Assert.DoesNotContain(ids.Document.ToString("D"), body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Document_Deleted_TakesItsQuotesAlong()
    {
        using var deleted = await owner.SendAsync(HttpMethod.Delete, $"/api/v1/assistants/{ids.Assistant:N}/documents/{ids.Document:N}");
        Assert.True(deleted.IsSuccessStatusCode);

        var conversation = await owner.ReadAsync<ConversationReply>($"/api/v1/conversations/{ids.Conversation:N}");
        Assert.Empty(conversation.Turns[0].Answer!.Citations);
    }

    [Fact]
    public async Task Leaving_ShowsTheTargetAsItIsAsked()
    {
        using var page = await server.OpenBrowser().GetAsync($"/leaving?to={Uri.EscapeDataString("https://аpple.example/?b=<c>")}");
        var html = await page.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("href=\"https://xn--pple-43d.example/", html, StringComparison.Ordinal);
        Assert.DoesNotContain("аpple", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain("<c>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("//evil.example")]
    [InlineData("https://a@evil.example")]
    [InlineData("")]
    public async Task Leaving_AnythingElse_HasNoLink(string target)
    {
        using var page = await server.OpenBrowser().GetAsync($"/leaving?to={Uri.EscapeDataString(target)}");
        var html = await page.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("cannot be opened", html, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", html.Replace("/leaving?to=" + Uri.EscapeDataString(target), "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> AskAsync(object body) =>
        owner.SendAsync(HttpMethod.Post, $"/api/v1/assistants/{ids.Assistant:N}/conversations", JsonContent.Create(body));

    private static async Task<List<(string Name, AnswerEvent Data)>> EventsAsync(HttpResponseMessage answer)
    {
        List<(string, AnswerEvent)> events = [];
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancel);
        await foreach (var item in SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<AnswerEvent>(data, Json.Options)!).EnumerateAsync(Cancel))
        {
            events.Add((item.EventType, item.Data));
        }

        return events;
    }
}
