using Rag.Retrieval.Knowledge;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class SourceStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_CitedInOnesOwnChat_OpensWithMarks()
    {
        await using var world = await WithPageAsync();
        var accepted = await AskedAsync(world, world.Guest);

        var source = (await world.Get<SourceStore>().FindPageAsync(world.Guest, accepted.Turn, 1, Cancel))!;

        Assert.Equal((14, 14), (source.Citation.Page, source.Page!.Number));
        Assert.Equal([new PageBox(72, 100, 300, 12)], source.Marks);
        Assert.False(source.CanOpenOriginal);
    }

    [Fact]
    public async Task Page_NotCitedOrForeignOrMissing_IsTheSameNull()
    {
        await using var world = await WithPageAsync();
        var guest = await AskedAsync(world, world.Guest);
        var owner = await AskedAsync(world, world.Owner);
        var sources = world.Get<SourceStore>();

        Assert.Null(await sources.FindPageAsync(world.Guest, guest.Turn, 9, Cancel));
        Assert.Null(await sources.FindPageAsync(world.Guest, guest.Turn, 0, Cancel));
        Assert.Null(await sources.FindPageAsync(world.Guest, owner.Turn, 1, Cancel));
        Assert.Null(await sources.FindPageAsync(world.Owner, guest.Turn, 1, Cancel));
        Assert.Null(await sources.FindPageAsync(world.OtherGuest, guest.Turn, 1, Cancel));
        Assert.Null(await sources.FindPageAsync(world.Other, owner.Turn, 1, Cancel));
        Assert.Null(await sources.FindPageAsync(world.Guest, TurnId.New(), 1, Cancel));
    }

    [Fact]
    public async Task Page_LinkWithoutSources_IsClosedToGuests()
    {
        await using var world = await WithPageAsync();
        var guest = await AskedAsync(world, world.Guest);
        await world.ChangeLinkAsync(link => link.SourcesAllowed = false);

        Assert.Null(await world.Get<SourceStore>().FindPageAsync(world.Guest, guest.Turn, 1, Cancel));
    }

    [Fact]
    public async Task Original_OpensForTheOwnerAlone()
    {
        await using var world = await WithPageAsync();
        var guest = await AskedAsync(world, world.Guest);
        var owner = await AskedAsync(world, world.Owner);
        var sources = world.Get<SourceStore>();

        Assert.Equal("2023 Q3 AAPL.pdf", (await sources.OpenOriginalAsync(world.Owner, owner.Turn, 1, Cancel))!.Value.FileName);
        Assert.Null(await sources.OpenOriginalAsync(world.Guest, guest.Turn, 1, Cancel));
    }

    [Fact]
    public async Task Page_FileDeletedSince_LeavesTheQuote()
    {
        await using var world = await WithPageAsync();
        var owner = await AskedAsync(world, world.Owner);
        world.Library.Files.Clear();

        var source = (await world.Get<SourceStore>().FindPageAsync(world.Owner, owner.Turn, 1, Cancel))!;

        Assert.Null(source.Page);
        Assert.False(source.CanOpenOriginal);
    }

    [Fact]
    public async Task ForgetDocument_Deleted_LeavesNoWordOfItInAnyAnswer()
    {
        await using var world = await WithPageAsync();
        world.Model.Script = cancel => ScriptedModel.Says(ScriptedSearch.Sentence, cancel);
        var guest = await AskedAsync(world, world.Guest);
        var owner = await AskedAsync(world, world.Owner);
        var store = world.Get<ConversationStore>();

        await store.ForgetDocumentAsync(world.Guest, world.Assistant, ScriptedSearch.Apple.Value, Cancel);
        Assert.NotEmpty((await world.TurnAsync(world.Guest, guest)).Answer!.Citations);   // a guest cannot
        await store.ForgetDocumentAsync(world.Owner, world.Assistant, ScriptedSearch.Apple.Value, Cancel);

        foreach (var turn in new[] { await world.TurnAsync(world.Guest, guest), await world.TurnAsync(world.Owner, owner) })
        {
            Assert.DoesNotContain("365 million", turn.Answer!.ToJson(), StringComparison.Ordinal);
            Assert.Contains("was deleted", turn.Answer.Notes[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Marks_RangeOverTwoLines_AreOneRectangleALine()
    {
        var page = new PageText(1, null, 612, 792, 100, "alpha beta\ngamma\n",
        [
            new TextLine(100, 10, 72, 100, 100, 12, 10, false, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]),
            new TextLine(111, 5, 72, 114, 50, 12, 10, false, [10, 20, 30, 40, 50]),
        ]);

        Assert.Equal([new PageBox(132, 100, 40, 12), new PageBox(72, 114, 20, 12)], TextLocator.Boxes(page, 106, 113));
        Assert.Empty(TextLocator.Boxes(page, 300, 310));
    }

    private static async Task<ChatWorld> WithPageAsync()
    {
        var world = await ChatWorld.CreateAsync();
        world.Library.Pages[14] = new PageText(14, null, 612, 792, 0, "text\n", []);
        return world;
    }

    private static async Task<AskOutcome.Accepted> AskedAsync(ChatWorld world, Web.Access.Caller caller)
    {
        var accepted = await world.AcceptedAsync(caller, "How many shares?");
        await world.Runner.FinishedAsync(accepted.Turn);
        return accepted;
    }
}
