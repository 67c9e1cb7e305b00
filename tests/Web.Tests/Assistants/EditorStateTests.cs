using Microsoft.Extensions.DependencyInjection;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Assistants;

public sealed class EditorStateTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Form_Typed_IsSavedAndReadBack()
    {
        await using var world = await World.StartAsync();
        var form = new EditorState(world.Store, world.Draft);

        form.Name = " Reports ";
        form.Instructions = "Be brief.";
        form.SetStarter(0, "What were the net sales?");
        Assert.True(form.Changed);
        await form.SaveAsync(world.Owner, Cancel);

        Assert.False(form.Changed);
        var saved = await world.ReadAsync();
        Assert.Equal(("Reports", "Be brief."), (saved.Name, saved.Instructions));
        Assert.Equal(["What were the net sales?"], saved.Starters);
        Assert.Equal(["What were the net sales?", ""], form.Starters);
    }

    [Fact]
    public async Task Draft_WithoutName_KeepsItsOtherWordsUntilAFileNamesIt()
    {
        await using var world = await World.StartAsync();
        var form = new EditorState(world.Store, world.Draft) { Instructions = "Be brief." };

        await form.SaveAsync(world.Owner, Cancel);
        Assert.Empty(form.Problems);
        Assert.Equal("Be brief.", (await world.ReadAsync()).Instructions);
        form.TakeName("2023 Q3 AAPL");
        Assert.False(form.Changed);
        Assert.Equal("2023 Q3 AAPL", form.Name);
    }

    [Fact]
    public async Task Name_Removed_IsNotSavedAndSaysWhy()
    {
        await using var world = await World.StartAsync();
        var form = new EditorState(world.Store, world.Draft) { Name = "Reports" };
        await form.SaveAsync(world.Owner, Cancel);

        form.Name = "  ";
        await form.SaveAsync(world.Owner, Cancel);

        Assert.Equal(["Give the assistant a name."], form.Problems);
        Assert.Equal("Reports", (await world.ReadAsync()).Name);
    }

    [Fact]
    public async Task Save_BySomebodyElse_FindsNothing()
    {
        await using var world = await World.StartAsync();
        var form = new EditorState(world.Store, world.Draft) { Name = "Mine now" };

        await form.SaveAsync(new Caller(new UserId(await world.Server.AddAccountAsync(DocentServer.OtherName)), null), Cancel);

        Assert.True(form.Gone);
        Assert.Equal("", (await world.ReadAsync()).Name);
    }

    [Fact]
    public async Task Starters_AreBoundedAndGrowByOne()
    {
        await using var world = await World.StartAsync();
        var form = new EditorState(world.Store, world.Draft);

        for (var i = 0; i < Assistant.MaxStarters; i++)
        {
            form.SetStarter(i, $"Question {i}");
        }

        Assert.Equal(Assistant.MaxStarters, form.Starters.Count);
        form.RemoveStarter(0);
        Assert.Equal("", form.Starters[^1]);
        Assert.Equal(Assistant.MaxStarters, form.Starters.Count);
    }

    [Fact]
    public void Draft_OverLimits_NamesEach()
    {
        var draft = new AssistantDraft(
            new string('n', Assistant.MaxNameLength + 1),
            new string('i', Assistant.MaxInstructionsLength + 1),
            [.. Enumerable.Repeat(new string('s', Assistant.MaxStarterLength + 1), Assistant.MaxStarters + 1)]);

        Assert.Equal(4, draft.Problems().Count);
        Assert.Empty(new AssistantDraft("Reports", "", []).Problems());
    }

    private sealed class World(DocentServer server, Caller owner, Assistant draft) : IAsyncDisposable
    {
        public DocentServer Server => server;

        public Caller Owner => owner;

        public Assistant Draft => draft;

        public AssistantStore Store => server.Services.GetRequiredService<AssistantStore>();

        public static async Task<World> StartAsync()
        {
            var server = new DocentServer();
            var owner = new Caller(new UserId(await server.AddAccountAsync(DocentServer.OwnerName)), null);
            return new World(server, owner, (await server.Services.GetRequiredService<AssistantStore>().CreateDraftAsync(owner, Cancel))!);
        }

        public Task<Assistant> ReadAsync() => server.WithDatabaseAsync(db => Task.FromResult(db.Assistants.Single(a => a.Id == draft.Id)));

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
