using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class QuestionRewriterTests
{
    private const string First = "How many shares did Apple repurchase?";
    private const string FollowUp = "And when was it?";
    private const string Alone = "When did Apple repurchase its shares?";

    [Fact]
    public async Task FollowUp_ToAModelThatComposes_IsSearchedInWordsThatStandAlone()
    {
        await using var world = await ComposingAsync();
        var first = await world.AcceptedAsync(world.Owner, First);
        await world.Runner.FinishedAsync(first.Turn);
        Answer(world, $"\"{Alone}\"\nI hope this helps.");

        await world.AnswerAsync(world.Owner, FollowUp, first.Conversation);

        Assert.Equal((Alone, 0), (world.Search.Requests[^1].Question, world.Search.Requests[^1].EarlierQuestions.Count));
        var (messages, _) = world.Model.Calls[1];
        Assert.Contains(First, messages[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(ScriptedSearch.Sentence, string.Concat(messages.Select(message => message.Text)), StringComparison.Ordinal);   // no text from files
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("When was it?")]
    public async Task Rewriting_ThatIsNone_LeavesTheRule(string reply)
    {
        await using var world = await ComposingAsync();
        var first = await world.AcceptedAsync(world.Owner, First);
        await world.Runner.FinishedAsync(first.Turn);
        Answer(world, reply);

        await world.AnswerAsync(world.Owner, FollowUp, first.Conversation);

        Assert.Equal(FollowUp, world.Search.Requests[^1].Question);
        Assert.Equal([First], world.Search.Requests[^1].EarlierQuestions);
    }

    [Fact]
    public async Task Model_ThatFailsOrTakesTooLong_LeavesTheRule()
    {
        var clock = new FakeTimeProvider();
        await using var world = await ComposingAsync(clock);
        var first = await world.AcceptedAsync(world.Owner, First);
        await world.Runner.FinishedAsync(first.Turn);
        world.Model.Script = _ => throw new ModelException(ModelFailure.Busy, "busy");
        await world.AnswerAsync(world.Owner, FollowUp, first.Conversation);
        Assert.Equal([First], world.Search.Requests[^1].EarlierQuestions);

        var calls = 0;
        world.Model.Script = cancel => calls++ == 0 ? Hang(clock, cancel) : ScriptedModel.Says("Yes.", cancel);
        await world.AnswerAsync(world.Owner, "And then?", first.Conversation);
        Assert.Equal([First, FollowUp], world.Search.Requests[^1].EarlierQuestions);
    }

    [Fact]
    public async Task QuestionThatStandsAlone_OrASmallModel_IsNotRewritten()
    {
        await using var world = await ComposingAsync();
        var first = await world.AcceptedAsync(world.Owner, First);
        await world.Runner.FinishedAsync(first.Turn);
        await world.AnswerAsync(world.Owner, "What were the net sales of Amazon in 2023?", first.Conversation);
        Assert.Equal(2, world.Model.Calls.Count);   // two answers, nothing else

        world.ModelFacts = new AnswerModel("small", "Small-1", 2_048, AnswerStyle.Quote);
        await world.AnswerAsync(world.Owner, FollowUp, first.Conversation);
        Assert.Equal(3, world.Model.Calls.Count);
    }

    private static async Task<ChatWorld> ComposingAsync(TimeProvider? clock = null)
    {
        var world = await ChatWorld.CreateAsync(clock);
        world.ModelFacts = new AnswerModel("large", "Large-1", 4_096, AnswerStyle.Compose);
        return world;
    }

    private static void Answer(ChatWorld world, string rewritten)
    {
        var calls = 0;
        world.Model.Script = cancel => ScriptedModel.Says(calls++ == 0 ? rewritten : "The Company repurchased shares.", cancel);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Hang(FakeTimeProvider clock, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        clock.Advance(TimeSpan.FromSeconds(6));
        await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        yield break;
    }
}
