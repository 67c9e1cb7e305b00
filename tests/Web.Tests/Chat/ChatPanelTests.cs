using System.Runtime.CompilerServices;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Web.Access;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class ChatPanelTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly BunitContext screen = new();
    private ChatWorld world = null!;

    public async ValueTask InitializeAsync()
    {
        world = await ChatWorld.CreateAsync();
        screen.JSInterop.Mode = JSRuntimeMode.Loose;
        screen.Services.AddFallbackServiceProvider(world.Services.CreateScope().ServiceProvider);
        screen.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public async ValueTask DisposeAsync()
    {
        await screen.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public void Ask_FromFiles_ShowsQuotesWithPagesAndGreysWhatNothingSupports()
    {
        world.Model.Script = cancel => ScriptedModel.Says($"{ScriptedSearch.Sentence} It was a **good** year.", cancel);
        var panel = Open(world.Owner);

        Ask(panel, "How many shares?");
        panel.WaitForElement(".thumb", Patience);

        Assert.Equal("How many shares?", panel.Find(".question").TextContent);
        Assert.Equal([ScriptedSearch.Sentence, "Net sales were 81,797 million dollars in the quarter."], panel.FindAll(".quote blockquote").Select(q => q.TextContent.Trim()));
        Assert.Contains("10-Q AAPL · p. 14", panel.Find(".quote .source").TextContent, StringComparison.Ordinal);
        Assert.Contains("searched 3 files", panel.Find(".evidence-head").TextContent, StringComparison.Ordinal);
        Assert.Equal("It was a good year.", string.Concat(panel.FindAll(".unsupported").Select(s => s.TextContent)));
        Assert.Equal("1", panel.Find(".supported + button.chip").TextContent);
        Assert.Contains("Small-1", panel.Find(".words-head").TextContent, StringComparison.Ordinal);
        Assert.Equal("", panel.Find("textarea").GetAttribute("value") ?? "");
    }

    [Fact]
    public void Ask_NotInFiles_MarksTheNearestAsNoAnswer()
    {
        world.Search.Result = ScriptedSearch.Found(answerable: false);
        var panel = Open(world.Owner);

        Ask(panel, "Who won the cup?");
        panel.WaitForElement(".thumb", Patience);

        Assert.Equal("These files do not answer that.", panel.Find(".own").TextContent);
        Assert.Contains("not an answer", panel.Find(".nearest .label").TextContent, StringComparison.Ordinal);
        Assert.Equal(3, panel.FindAll(".nearest .quote").Count);
        Assert.Empty(panel.FindAll(".words"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ask_SearchedByWordsAlone_SaysSoAboveTheQuotesToOwnersAndGuests(bool answerable)
    {
        world.Search.Result = ScriptedSearch.Found(answerable) with { ByWordsAlone = true };
        foreach (var caller in new[] { world.Owner, world.Guest })
        {
            var panel = Open(caller);

            Ask(panel, "How many shares?");
            panel.WaitForElement(".thumb", Patience);

            var note = panel.Find(".note");
            Assert.Equal(AnswerWords.ByWordsAlone, note.TextContent.Trim());
            Assert.Contains("evidence", note.NextElementSibling!.ClassName, StringComparison.Ordinal);
            Assert.Contains("ranked by words alone", panel.Find(".found caption").TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ask_SearchedByMeaningToo_SaysNothingOfWordsAlone()
    {
        var panel = Open(world.Owner);
        Ask(panel, "How many shares?");
        panel.WaitForElement(".thumb", Patience);
        Assert.DoesNotContain("by words alone", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_SearchUnavailable_SaysWhyAndKeepsTheQuestion()
    {
        world.Search.Failure = new SearchUnavailableException("Document search is unavailable at the moment. Try again in a minute.");
        var panel = Open(world.Guest);

        Ask(panel, "How many shares?");
        panel.WaitForElement(".thumb", Patience);

        Assert.Equal("Document search is unavailable at the moment. Try again in a minute.", panel.Find(".problem").TextContent.Trim());
        Assert.Equal("How many shares?", panel.Find(".question").TextContent);
        Assert.Contains("Try again", panel.Find(".actions").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Starter_Clicked_IsAsked()
    {
        var panel = Open(world.Guest);
        panel.Find(".starter").Click();
        panel.WaitForElement(".thumb", Patience);
        Assert.Equal("What were net sales?", panel.Find(".question").TextContent);
    }

    [Fact]
    public void Stop_StandsWhereSendWas_AndKeepsTheWords()
    {
        world.Model.Script = NeverEnding;
        var panel = Open(world.Owner);
        Ask(panel, "How many shares?");
        panel.WaitForState(() => panel.Markup.Contains("It bought", StringComparison.Ordinal), Patience);

        Assert.Empty(panel.FindAll(".composer-send"));
        panel.Find(".composer-stop").Click();
        panel.WaitForElement(".composer-send", Patience);

        Assert.Contains("You stopped this answer.", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("It bought", panel.Find(".model-text").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_WhileAnswering_JoinsTheSameAnswer()
    {
        var release = new TaskCompletionSource();
        world.Model.Script = cancel => Held(release.Task, cancel);
        var first = Open(world.Owner);
        Ask(first, "How many shares?");
        first.WaitForState(() => first.Markup.Contains("It bought", StringComparison.Ordinal), Patience);
        var store = world.Get<ConversationStore>();
        var conversation = Assert.Single((await store.ListAsync(world.Owner, world.Assistant, Xunit.TestContext.Current.CancellationToken))!).Id;

        var second = Open(world.Owner, conversation);
        second.WaitForState(() => second.Markup.Contains("It bought", StringComparison.Ordinal), Patience);
        release.SetResult();
        second.WaitForElement(".thumb", Patience);
        first.WaitForElement(".thumb", Patience);
        var third = Open(world.Owner, conversation);

        foreach (var panel in new[] { first, second, third })
        {
            Assert.Equal("It bought them.", panel.Find(".model-text").TextContent.Replace(" (not supported by the files)", "", StringComparison.Ordinal).Trim());
            Assert.Equal(2, panel.FindAll(".quote").Count);
        }

        Assert.Single(world.Model.Calls);
    }

    [Fact]
    public async Task Ask_TooFast_SaysSoAndKeepsTheQuestion()
    {
        for (var i = 0; i < 8; i++)
        {
            await world.AnswerAsync(world.Guest, "hi");
        }

        var panel = Open(world.Guest);
        Ask(panel, "How many shares?");

        Assert.Contains("Ask again in", panel.WaitForElement(".refusal", Patience).TextContent, StringComparison.Ordinal);
        Assert.Equal("How many shares?", panel.Find("textarea").GetAttribute("value"));
    }

    [Fact]
    public async Task Open_ForeignConversation_ShowsNothingOfIt()
    {
        var accepted = await world.AcceptedAsync(world.Owner, "My secret question?");
        var panel = Open(world.Guest, accepted.Conversation);
        Assert.Contains("There is no such chat", panel.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_Clicked_OpensThePageWithTheMark()
    {
        world.Library.Pages[14] = new PageText(14, null, 612, 792, 0, "Net sales\n", [new TextLine(0, 9, 72, 100, 45, 12, 10, false, [5, 10, 15, 20, 25, 30, 35, 40, 45])]);
        var panel = Open(world.Owner);
        Ask(panel, "How many shares?");
        panel.WaitForElement(".thumb", Patience);

        await panel.Find(".quote .source").ClickAsync(new());
        panel.WaitForElement("svg.page-drawing", Patience);

        Assert.Equal(("70.5", "99", "303"), (panel.Find(".page-mark").GetAttribute("x"), panel.Find(".page-mark").GetAttribute("y"), panel.Find(".page-mark").GetAttribute("width")));
        Assert.Equal([("Net", "72", "15"), ("sales", "92", "25")], panel.FindAll("svg.page-drawing text").Select(t => (t.TextContent, t.GetAttribute("x")!, t.GetAttribute("textLength")!)));
        Assert.Contains("passage 1 of 2", panel.Find(".source-foot").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Drawing_GapWithoutABlank_KeepsFiguresNarrow()
    {
        // "$" stands at the left of its column and its figure at the right, without a blank between them.
        var page = new PageText(1, null, 612, 792, 0, "$4,383\n", [new TextLine(0, 6, 400, 100, 80, 12, 10, false, [5, 55, 58, 63, 68, 73])]);
        var drawing = screen.Render<PageDrawing>(p => p.Add(x => x.Page, page).Add(x => x.Marks, []).Add(x => x.Label, "page 1"));
        Assert.Equal([("$", "400", "5"), ("4,383", "450.5", "22.5")], drawing.FindAll("text").Select(t => (t.TextContent, t.GetAttribute("x")!, t.GetAttribute("textLength")!)));
    }

    [Fact]
    public void Drawing_LineReadFromTheRight_PutsEachWordWhereItStands()
    {
        var page = new PageText(1, null, 612, 792, 0, "שלום. 20\n",
            [new TextLine(0, 8, 100, 100, 80, 12, 10, false, [80, 70, 60, 50, 40, 30, 10, 20]) { Lefts = [70, 60, 50, 40, 30, 20, 0, 10] }]);
        var drawing = screen.Render<PageDrawing>(p => p.Add(x => x.Page, page).Add(x => x.Marks, TextLocator.Boxes(page, 0, 5)).Add(x => x.Label, "page 1"));
        Assert.Equal([("\u200Fשלום.\u200F", "130", "50"), ("20", "100", "20")], drawing.FindAll("text").Select(t => (t.TextContent, t.GetAttribute("x")!, t.GetAttribute("textLength")!)));
        Assert.Equal(("128.5", "53"), (drawing.Find("rect").GetAttribute("x"), drawing.Find("rect").GetAttribute("width")));
    }

    [Fact]
    public async Task Source_LinkWithoutSources_HasNoButton()
    {
        await world.ChangeLinkAsync(link => link.SourcesAllowed = false);
        var panel = Open(world.Guest);
        Ask(panel, "How many shares?");
        panel.WaitForElement(".thumb", Patience);
        Assert.Equal(2, panel.FindAll("span.source").Count);
        Assert.Empty(panel.FindAll("button.source"));
    }

    [Fact]
    public void Excerpt_TextFile_MarksThePassage()
    {
        var text = new string('a', 4_000) + "\nThe decisive sentence.\n" + new string('b', 9_000);
        var start = text.IndexOf("The", StringComparison.Ordinal);
        var excerpt = screen.Render<TextExcerpt>(p => p
            .Add(x => x.Page, new PageText(1, null, 0, 0, 0, text, [])).Add(x => x.Start, start).Add(x => x.End, start + "The decisive sentence.".Length));

        Assert.Equal("The decisive sentence.", excerpt.Find("mark").TextContent);
        Assert.InRange(excerpt.Find(".excerpt-text").TextContent.Length, 1_500, 6_100);
    }

    private IRenderedComponent<ChatPanel> Open(Caller caller, ConversationId? conversation = null)
    {
        world.People.Caller = caller;
        var panel = screen.Render<ChatPanel>(p => p.Add(x => x.AssistantId, world.Assistant).Add(x => x.ConversationId, conversation));
        panel.WaitForState(() => !panel.Markup.Contains("Loading the chat", StringComparison.Ordinal), Patience);
        return panel;
    }

    private static void Ask(IRenderedComponent<ChatPanel> panel, string question)
    {
        panel.Find("textarea").Input(question);
        panel.Find("form").Submit();
        panel.WaitForState(() => panel.FindAll(".question, .refusal").Count > 0, Patience);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> NeverEnding([EnumeratorCancellation] CancellationToken cancel)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "It bought");
        await Task.Delay(Timeout.Infinite, cancel);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Held(Task release, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "It bought");
        await release.WaitAsync(cancel);
        yield return new ChatResponseUpdate(ChatRole.Assistant, " them.");
    }
}
