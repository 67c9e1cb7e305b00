using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class AnswerFaultTests
{
    private const string Question = "How many shares were repurchased?";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<ModelFailure, string> Failures => new()
    {
        { ModelFailure.Busy, "Too many answers" },
        { ModelFailure.Unavailable, "model.onnx was changed" },
        { ModelFailure.Failed, "failed while it wrote" },
        { ModelFailure.PromptTooLong, "model.onnx was changed" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Answer_ModelRefuses_EvidenceStaysAndOneSentenceSaysWhy(ModelFailure failure, string words)
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Model.Script = _ => throw new ModelException(failure, "model.onnx was changed.");

        var turn = await world.AnswerAsync(world.Owner, Question);

        Assert.Equal(TurnState.Failed, turn.State);
        Assert.Equal(2, turn.Answer!.Quotes);
        Assert.Contains(words, turn.Answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_ModelFailsHalfWay_KeepsAndChecksWhatItWrote()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Model.Script = HalfWay;

        var turn = await world.AnswerAsync(world.Owner, Question);

        Assert.Equal(TurnState.Failed, turn.State);
        Assert.Equal("Nobody said so.", turn.Answer!.ModelText);
        Assert.Null(Assert.Single(turn.Answer.Sentences!).Citation);

        static async IAsyncEnumerable<ChatResponseUpdate> HalfWay([EnumeratorCancellation] CancellationToken cancel)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "Nobody said so.");
            await Task.Yield();
            throw new InvalidOperationException("native error");
        }
    }

    [Fact]
    public async Task Answer_ModelMissing_EvidenceStays()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.ModelFacts = null;

        var turn = await world.AnswerAsync(world.Owner, Question);

        Assert.Equal((TurnState.Failed, 2), (turn.State, turn.Answer!.Quotes));
        Assert.Contains("model.onnx is missing", turn.Answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_SearchFails_SaysSoAndCanBeAskedAgain()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Search.Failure = new IOException("index gone");
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await world.Runner.FinishedAsync(accepted.Turn);
        var failed = await world.TurnAsync(world.Owner, accepted);

        world.Search.Failure = null;
        Assert.IsType<AskOutcome.Accepted>(await world.Get<AnswerService>().AskAgainAsync(world.Owner, accepted.Turn, Cancel));
        await world.Runner.FinishedAsync(accepted.Turn);
        var again = await world.TurnAsync(world.Owner, accepted);

        Assert.Equal(TurnState.Failed, failed.State);
        Assert.Contains("could not be searched", failed.Answer!.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("index gone", failed.Answer.Problem, StringComparison.Ordinal);
        Assert.Equal((TurnState.Done, AnswerKind.FromFiles), (again.State, again.Answer!.Kind));
        Assert.Null(again.Answer.Problem);
    }

    [Fact]
    public async Task Answer_Stopped_KeepsWhatWasWritten()
    {
        await using var world = await ChatWorld.CreateAsync();
        var model = new HeldModel(world);
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await model.Writing.WaitAsync(Cancel);

        Assert.False(await world.Get<AnswerService>().StopAsync(world.Other, accepted.Turn, Cancel));
        Assert.True(await world.Get<AnswerService>().StopAsync(world.Owner, accepted.Turn, Cancel));
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        var turn = await world.TurnAsync(world.Owner, accepted);
        Assert.Equal((TurnState.Stopped, HeldModel.Text), (turn.State, turn.Answer!.ModelText));
        Assert.Null(turn.Answer.Problem);
    }

    [Fact]
    public async Task Answer_ModelIgnoresItsToken_StopStillEndsTheAnswer()
    {
        await using var world = await ChatWorld.CreateAsync();
        var model = new HeldModel(world, deaf: true);
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await model.Writing.WaitAsync(Cancel);

        await world.Get<AnswerService>().StopAsync(world.Owner, accepted.Turn, Cancel);
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        Assert.Equal(TurnState.Stopped, (await world.TurnAsync(world.Owner, accepted)).State);
        model.Release();
    }

    [Fact]
    public async Task Answer_ModelSilent_FailsAfterTheLimit()
    {
        var clock = new FakeTimeProvider();
        await using var world = await ChatWorld.CreateAsync(clock, new() { ["Answers:SilenceSeconds"] = "30" });
        var model = new HeldModel(world);
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await model.Writing.WaitAsync(Cancel);

        clock.Advance(TimeSpan.FromSeconds(31));
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        var turn = await world.TurnAsync(world.Owner, accepted);
        Assert.Equal(TurnState.Failed, turn.State);
        Assert.Contains("did not go on", turn.Answer!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_NobodyWatches_IsInterruptedAfterTheGrace()
    {
        var clock = new FakeTimeProvider();
        await using var world = await ChatWorld.CreateAsync(clock, new() { ["Answers:GraceSeconds"] = "20" });
        var model = new HeldModel(world);
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await model.Writing.WaitAsync(Cancel);

        clock.Advance(TimeSpan.FromSeconds(21));
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        Assert.Equal(TurnState.Interrupted, (await world.TurnAsync(world.Owner, accepted)).State);
    }

    [Fact]
    public async Task Answer_LeftAndJoinedAgain_GoesOnAndShowsAllParts()
    {
        var clock = new FakeTimeProvider();
        await using var world = await ChatWorld.CreateAsync(clock, new() { ["Answers:GraceSeconds"] = "20", ["Answers:SilenceSeconds"] = "600" });
        var model = new HeldModel(world);
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await using (var first = (await world.Get<AnswerService>().WatchAsync(world.Owner, accepted.Turn, Cancel))!.GetAsyncEnumerator(Cancel))
        {
            Assert.True(await first.MoveNextAsync());
            await model.Writing.WaitAsync(Cancel);
            clock.Advance(TimeSpan.FromSeconds(30));   // watched: the grace does not run
        }

        clock.Advance(TimeSpan.FromSeconds(19));
        await using var second = (await world.Get<AnswerService>().WatchAsync(world.Owner, accepted.Turn, Cancel))!.GetAsyncEnumerator(Cancel);
        Assert.True(await second.MoveNextAsync());
        clock.Advance(TimeSpan.FromSeconds(19));
        model.Release();
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        Assert.IsType<AnswerPart.Searching>(second.Current[0]);
        Assert.Contains(second.Current, p => p is AnswerPart.TextDelta { Text: HeldModel.Text });
        Assert.Equal(TurnState.Done, (await world.TurnAsync(world.Owner, accepted)).State);
    }

    [Fact]
    public async Task Watch_AfterTheEnd_GivesTheStoredEnd()
    {
        await using var world = await ChatWorld.CreateAsync();
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await world.Runner.FinishedAsync(accepted.Turn);

        var ended = Assert.IsType<AnswerPart.Ended>(Assert.Single(await world.WatchToEndAsync(world.Owner, accepted.Turn)));

        Assert.Equal(TurnState.Done, ended.State);
        Assert.Equal("The Company repurchased shares.", ended.Answer.ModelText);
        Assert.Null(await world.Get<AnswerService>().WatchAsync(world.Other, accepted.Turn, Cancel));
    }

    [Fact]
    public async Task Shutdown_WhileAnswering_MarksTheAnswerAndKeepsItsText()
    {
        await using var world = await ChatWorld.CreateAsync();
        var model = new HeldModel(world);
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await model.Writing.WaitAsync(Cancel);

        await world.Runner.StopAsync(Cancel);

        var turn = await world.TurnAsync(world.Owner, accepted);
        Assert.Equal((TurnState.Interrupted, HeldModel.Text), (turn.State, turn.Answer!.ModelText));
    }

    [Fact]
    public async Task Start_TurnsLeftUnfinished_AreInterrupted()
    {
        await using var world = await ChatWorld.CreateAsync();
        var done = await world.AcceptedAsync(world.Owner, Question);
        await world.Runner.FinishedAsync(done.Turn);
        var left = new Turn
        {
            Id = TurnId.New(),
            ConversationId = done.Conversation,
            Ordinal = 2,
            Question = "And then?",
            State = TurnState.Answering,
            AnswerJson = new StoredAnswer { Kind = AnswerKind.FromFiles, ModelText = "Half of" }.ToJson(),
        };
        await using (var db = await world.DbAsync())
        {
            db.Turns.Add(left);
            await db.SaveChangesAsync(Cancel);
        }

        foreach (var service in world.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(Cancel);
        }

        var turn = await world.TurnAsync(world.Owner, new AskOutcome.Accepted(done.Conversation, left.Id));
        Assert.Equal((TurnState.Interrupted, "Half of"), (turn.State, turn.Answer!.ModelText));
        Assert.Equal(TurnState.Done, (await world.TurnAsync(world.Owner, done)).State);
    }

    [Fact]
    public async Task Delete_WhileAnswering_StopsAndLeavesNothing()
    {
        await using var world = await ChatWorld.CreateAsync();
        var model = new HeldModel(world);
        var accepted = await world.AcceptedAsync(world.Owner, Question);
        await model.Writing.WaitAsync(Cancel);
        var store = world.Get<ConversationStore>();

        Assert.False(await store.DeleteAsync(world.Other, accepted.Conversation, Cancel));
        Assert.True(await store.DeleteAsync(world.Owner, accepted.Conversation, Cancel));
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        Assert.Empty((await store.ListAsync(world.Owner, world.Assistant, Cancel))!);
        Assert.Null(await store.FindAsync(world.Owner, accepted.Conversation, Cancel));
    }

    /// <summary>Writes one piece and then waits until it is released or cancelled; a deaf one does not hear the cancellation.</summary>
    private sealed class HeldModel
    {
        public const string Text = "It bought";

        private readonly TaskCompletionSource writing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldModel(ChatWorld world, bool deaf = false) => world.Model.Script = cancel => WriteAsync(deaf ? CancellationToken.None : cancel);

        /// <summary>Completes when the piece was taken, and the next one asked for.</summary>
        public Task Writing => writing.Task;

        public void Release() => held.SetResult();

        private async IAsyncEnumerable<ChatResponseUpdate> WriteAsync([EnumeratorCancellation] CancellationToken cancel)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, Text);
            writing.SetResult();
            await held.Task.WaitAsync(cancel);
        }
    }
}
