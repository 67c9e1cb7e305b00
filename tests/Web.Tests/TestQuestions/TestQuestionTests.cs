using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Chat;
using Rag.Web.TestQuestions;
using Rag.Web.Tests.Chat;

namespace Rag.Web.Tests.TestQuestions;

/// <summary>The owner's test questions through the real store and runner, with scripted search, files and model.</summary>
public sealed class TestQuestionTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 5, 1, 8, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_ForItsOwnerAlone()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var store = world.Get<TestQuestionStore>();
        var draft = new TestQuestionDraft("How many shares were repurchased?", ScriptedSearch.Apple.Value, 14);

        var saved = await store.SaveAsync(world.Owner, world.Assistant, draft, Cancel);
        var again = await store.SaveAsync(world.Owner, world.Assistant, draft with { Question = draft.Question + " " }, Cancel);

        Assert.NotNull(saved.Id);
        Assert.Equal(saved, again);
        foreach (var stranger in new[] { world.Other, world.Guest, Caller.Anonymous })
        {
            Assert.Equal(new TestSaveOutcome(null, null), await store.SaveAsync(stranger, world.Assistant, draft, Cancel));
            Assert.Null(await store.ReportAsync(stranger, world.Assistant, Cancel));
            Assert.False(await store.RunAsync(stranger, world.Assistant, Cancel));
            Assert.False(await store.DeleteAsync(stranger, world.Assistant, saved.Id.Value, Cancel));
        }

        Assert.Equal(("2023 Q3 AAPL.pdf", 14), (await Single(store, world)) is var q ? (q.FileName, q.Page) : default);
        Assert.True(await store.DeleteAsync(world.Owner, world.Assistant, saved.Id.Value, Cancel));
        Assert.Empty((await store.ReportAsync(world.Owner, world.Assistant, Cancel))!.Questions);
    }

    [Theory]
    [InlineData("", 1, "Write the question first.")]
    [InlineData("Why?", 0, "Pages are counted from 1.")]
    [InlineData("Why?", 30, "This file has 29 pages.")]
    public async Task Save_WhatCannotBe_SaysWhy(string question, int page, string problem)
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        world.Library.Files[0] = ScriptedLibrary.File(ScriptedSearch.Apple, "2023 Q3 AAPL.pdf", DocumentState.Ready, pages: 29);

        Assert.Equal(problem, (await world.Get<TestQuestionStore>().SaveAsync(world.Owner, world.Assistant, new TestQuestionDraft(question, ScriptedSearch.Apple.Value, page), Cancel)).Problem);
        Assert.Equal("Choose the file that answers it.", (await world.Get<TestQuestionStore>().SaveAsync(world.Owner, world.Assistant, new TestQuestionDraft("Why?", Guid.NewGuid(), 1), Cancel)).Problem);
    }

    [Fact]
    public async Task Look_ANewQuestion_IsAskedAtOnce_AndOnlyIt()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var (store, runner) = await WithQuestionAsync(world, page: 14);
        Assert.True((await store.ReportAsync(world.Owner, world.Assistant, Cancel))!.Waiting);

        await runner.LookAsync(Cancel);
        await runner.LookAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(1));
        await SaveAsync(world, "What were net sales?", 15);
        await runner.LookAsync(Cancel);

        var report = (await store.ReportAsync(world.Owner, world.Assistant, Cancel))!;
        Assert.Equal(2, world.Search.Requests.Count);
        Assert.Equal([new TestOutcome(1, 1, true, false, false), new TestOutcome(2, 2, true, false, false)], report.Questions.Select(q => q.Now));
        Assert.Equal((2, 2, null), (report.Found, report.Asked, report.FoundBefore));
        Assert.Equal("2 of 2 find their page", TestWords.Total(report));
        Assert.False(report.Waiting);
    }

    [Fact]
    public async Task Look_FilesChanged_AsksAgainAfterAWhile_AndShowsBoth()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var (store, runner) = await WithQuestionAsync(world, page: 14);
        await runner.LookAsync(Cancel);
        world.Library.Files.Add(ScriptedLibrary.File(DocumentId.New(), "new.pdf", DocumentState.Ready));
        world.Search.Result = ScriptedSearch.Found(answerable: false);
        clock.Advance(TimeSpan.FromSeconds(1));

        await runner.LookAsync(Cancel);
        Assert.Single(world.Search.Requests);   // more may come
        clock.Advance(TimeSpan.FromSeconds(8));
        await runner.LookAsync(Cancel);

        var report = (await store.ReportAsync(world.Owner, world.Assistant, Cancel))!;
        Assert.Equal(2, world.Search.Requests.Count);
        Assert.Equal(["files"], report.Changed);
        Assert.Equal((true, false), (report.Questions[0].Before!.Found, report.Questions[0].Now!.Found));
        Assert.True(report.Questions[0].Now!.Refused);
        Assert.Equal("0 of 1 find their page, was 1", TestWords.Total(report));
    }

    [Fact]
    public async Task Look_FilesBeingRead_Waits()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var (_, runner) = await WithQuestionAsync(world, page: 14);
        world.Library.Files.Add(ScriptedLibrary.File(DocumentId.New(), "new.pdf", DocumentState.Embedding));

        await runner.LookAsync(Cancel);

        Assert.Empty(world.Search.Requests);
    }

    [Fact]
    public async Task Look_InstructionsOrModelChanged_AsksAgain()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var (store, runner) = await WithQuestionAsync(world, page: 14);
        await runner.LookAsync(Cancel);
        await using (var db = await world.DbAsync())
        {
            await db.Assistants.ExecuteUpdateAsync(row => row.SetProperty(a => a.Instructions, "Be brief."), Cancel);
        }

        await LookTwiceAsync(runner);
        Assert.Equal(["instructions"], (await store.ReportAsync(world.Owner, world.Assistant, Cancel))!.Changed);

        world.ModelFacts = world.ModelFacts! with { Id = "other" };
        await LookTwiceAsync(runner);
        Assert.Equal(["model"], (await store.ReportAsync(world.Owner, world.Assistant, Cancel))!.Changed);
        Assert.Equal(3, world.Search.Requests.Count);
    }

    [Fact]
    public async Task Run_AskedFor_KeepsWhatWasBeforeTheLastChange()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var (store, runner) = await WithQuestionAsync(world, page: 99);
        await runner.LookAsync(Cancel);
        world.Library.Files.Add(ScriptedLibrary.File(DocumentId.New(), "new.pdf", DocumentState.Ready));
        await LookTwiceAsync(runner);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await store.RunAsync(world.Owner, world.Assistant, Cancel));
        await runner.LookAsync(Cancel);

        var report = (await store.ReportAsync(world.Owner, world.Assistant, Cancel))!;
        Assert.Equal(3, world.Search.Requests.Count);
        Assert.Equal(["files"], report.Changed);
        Assert.Equal(new TestOutcome(null, null, false, false, false), report.Questions[0].Now);
        Assert.Equal("page not found", TestWords.Outcome(report.Questions[0].Now!));
        Assert.Equal("0 of 1 find their page, as before", TestWords.Total(report));
    }

    [Fact]
    public async Task Ask_ReplacedFileOfTheSameName_IsTheExpectedOne()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var (store, runner) = await WithQuestionAsync(world, page: 14);
        await using (var db = await world.DbAsync())
        {
            await db.TestQuestions.ExecuteUpdateAsync(row => row.SetProperty(q => q.Document, Guid.NewGuid()), Cancel);
        }

        await runner.LookAsync(Cancel);

        Assert.True((await Single(store, world)).Now!.Found);
    }

    [Fact]
    public async Task Ask_ASearchThatFails_IsSaid()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var (store, runner) = await WithQuestionAsync(world, page: 14);
        world.Search.Failure = new InvalidOperationException("broken");

        await runner.LookAsync(Cancel);

        Assert.Equal("could not be asked", TestWords.Outcome((await Single(store, world)).Now!));
    }

    [Theory]
    [InlineData(ScriptedSearch.Sentence, true)]
    [InlineData("Nobody knows how many shares there are.", false)]
    public async Task Ask_AComposingModel_CitedMeansByItsCheckedSentences(string says, bool cited)
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        world.ModelFacts = new AnswerModel("large", "Large-1", 4_096, AnswerStyle.Compose);
        world.Model.Script = cancel => ScriptedModel.Says(says, cancel);
        var (store, runner) = await WithQuestionAsync(world, page: 14);

        await runner.LookAsync(Cancel);

        Assert.Equal((true, cited), (await Single(store, world)).Now is { } now ? (now.Found, now.Cited) : default);
        await using var db = await world.DbAsync();
        Assert.Empty(await db.Turns.ToListAsync(Cancel));   // it leaves no conversation behind
    }

    [Fact]
    public async Task Look_WhileSomebodyWaitsForAnAnswer_LetsThemFirst()
    {
        await using var world = await ChatWorld.CreateAsync(clock);
        var (store, runner) = await WithQuestionAsync(world, page: 14);
        var go = new TaskCompletionSource();
        world.Model.Script = cancel => Late(go.Task, cancel);
        var accepted = await world.AcceptedAsync(world.Guest, "How many shares?");
        var answered = world.Runner.FinishedAsync(accepted.Turn);

        var look = runner.LookAsync(Cancel);
        Assert.False(look.IsCompleted);
        Assert.Equal(new TestProgress(0, 1), (await store.ReportAsync(world.Owner, world.Assistant, Cancel))!.Running);
        go.SetResult();
        await answered.WaitAsync(Cancel);
        while (!look.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await look;
        Assert.True((await Single(store, world)).Now!.Found);
    }

    [Fact]
    public async Task Runs_OfLongAgo_AreDeleted()
    {
        await using var world = await ChatWorld.CreateAsync(clock, new() { ["TestQuestions:KeepRuns"] = "2" });
        var (store, runner) = await WithQuestionAsync(world, page: 14);
        await runner.LookAsync(Cancel);
        world.Library.Files.Add(ScriptedLibrary.File(DocumentId.New(), "new.pdf", DocumentState.Ready));
        await LookTwiceAsync(runner);
        for (var i = 0; i < 4; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await store.RunAsync(world.Owner, world.Assistant, Cancel);
            await runner.LookAsync(Cancel);
        }

        await using var db = await world.DbAsync();
        Assert.Equal(3, await db.TestRuns.CountAsync(Cancel));   // two, and the one before the change
        Assert.NotNull((await store.ReportAsync(world.Owner, world.Assistant, Cancel))!.FoundBefore);
    }

    [Fact]
    public void Total_SaysHowManyThereWereBefore() => Assert.Equal(
        "9 of 10 find their page, was 8", TestWords.Total(new TestReport([], null, false, null, 9, 10, 8, 10, ["files"])));

    private static async IAsyncEnumerable<Microsoft.Extensions.AI.ChatResponseUpdate> Late(
        Task go, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await go.WaitAsync(cancel);
        yield return new Microsoft.Extensions.AI.ChatResponseUpdate(Microsoft.Extensions.AI.ChatRole.Assistant, "Yes.");
    }

    private async Task LookTwiceAsync(TestRunner runner)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        await runner.LookAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(10));
        await runner.LookAsync(Cancel);
    }

    private static async Task<(TestQuestionStore Store, TestRunner Runner)> WithQuestionAsync(ChatWorld world, int page)
    {
        await SaveAsync(world, "How many shares were repurchased?", page);
        return (world.Get<TestQuestionStore>(), world.Get<TestRunner>());
    }

    private static async Task SaveAsync(ChatWorld world, string question, int page) =>
        Assert.NotNull((await world.Get<TestQuestionStore>().SaveAsync(world.Owner, world.Assistant, new TestQuestionDraft(question, ScriptedSearch.Apple.Value, page), Cancel)).Id);

    private static async Task<TestQuestionStatus> Single(TestQuestionStore store, ChatWorld world) =>
        Assert.Single((await store.ReportAsync(world.Owner, world.Assistant, Cancel))!.Questions);
}
