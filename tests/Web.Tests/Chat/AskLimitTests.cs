using Microsoft.Extensions.Time.Testing;
using Rag.Web.Access;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class AskLimitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_TooLong_IsRefusedWithBothNumbers()
    {
        await using var world = await ChatWorld.CreateAsync();

        Assert.IsType<AskOutcome.Accepted>(await world.AskAsync(world.Owner, new string('x', 4_000)));
        var refused = Assert.IsType<AskOutcome.Refused>(await world.AskAsync(world.Owner, new string('x', 1_000_000)));

        Assert.Equal(AskRefusal.TooLong, refused.Reason);
        Assert.Contains("1,000,000", refused.Sentence, StringComparison.Ordinal);
        Assert.Contains("4,000", refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_OnlyBlanks_IsRefused()
    {
        await using var world = await ChatWorld.CreateAsync();
        Assert.Equal(AskRefusal.Empty, Assert.IsType<AskOutcome.Refused>(await world.AskAsync(world.Owner, " \n ")).Reason);
    }

    [Fact]
    public async Task Ask_ForeignMissingAndAnonymous_AreNotFound()
    {
        await using var world = await ChatWorld.CreateAsync();
        var accepted = await world.AcceptedAsync(world.Owner, "hi");
        var answers = world.Get<AnswerService>();

        Assert.IsType<AskOutcome.NotFound>(await world.AskAsync(world.Other, "hi"));
        Assert.IsType<AskOutcome.NotFound>(await world.AskAsync(Caller.Anonymous, "hi"));
        Assert.IsType<AskOutcome.NotFound>(await world.AskAsync(world.Guest, "hi", accepted.Conversation));
        Assert.IsType<AskOutcome.NotFound>(await world.AskAsync(world.Owner, "hi", ConversationId.New()));
        Assert.IsType<AskOutcome.NotFound>(await answers.AskAgainAsync(world.Other, accepted.Turn, Cancel));
    }

    [Fact]
    public async Task Ask_GuestsTogetherReachTheCap_ExactlyTheCapIsAnswered()
    {
        await using var world = await ChatWorld.CreateAsync(settings: new() { ["Answers:AnswersAtOnce"] = "50" });
        await world.ChangeLinkAsync(link => link.MessageCap = 5);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => world.AskAsync(i % 2 == 0 ? world.Guest : world.OtherGuest, "hi")));

        Assert.Equal(5, outcomes.OfType<AskOutcome.Accepted>().Count());
        Assert.All(outcomes.OfType<AskOutcome.Refused>(), r => Assert.Equal(AskRefusal.CapReached, r.Reason));
        Assert.IsType<AskOutcome.Accepted>(await world.AskAsync(world.Owner, "hi"));   // the owner spends none of it
    }

    [Fact]
    public async Task Ask_LinkRevoked_IsNotFoundAtOnce()
    {
        await using var world = await ChatWorld.CreateAsync();
        var accepted = await world.AcceptedAsync(world.Guest, "hi");
        await world.Runner.FinishedAsync(accepted.Turn);
        await world.ChangeLinkAsync(link => link.RevokedAt = DateTime.UnixEpoch);

        Assert.IsType<AskOutcome.NotFound>(await world.AskAsync(world.Guest, "hi", accepted.Conversation));
        Assert.Null(await world.Get<ConversationStore>().FindAsync(world.Guest, accepted.Conversation, Cancel));
    }

    [Fact]
    public async Task Ask_TooFast_SaysWhenItWorksAgain()
    {
        var clock = new FakeTimeProvider();
        await using var world = await ChatWorld.CreateAsync(clock, new() { ["Answers:GuestQuestionsPerMinute"] = "2", ["Answers:AnswersAtOnce"] = "9" });
        await world.AnswerAsync(world.Guest, "hi");
        clock.Advance(TimeSpan.FromSeconds(20));
        await world.AnswerAsync(world.Guest, "hi");

        var refused = Assert.IsType<AskOutcome.Refused>(await world.AskAsync(world.Guest, "hi"));
        Assert.IsType<AskOutcome.Accepted>(await world.AskAsync(world.OtherGuest, "hi"));
        clock.Advance(refused.RetryAfter!.Value);

        Assert.Equal((AskRefusal.TooFast, TimeSpan.FromSeconds(40)), (refused.Reason, refused.RetryAfter));
        Assert.IsType<AskOutcome.Accepted>(await world.AskAsync(world.Guest, "hi"));
    }

    [Fact]
    public async Task Ask_ManyGuestsOfOneLink_ShareItsLimit()
    {
        await using var world = await ChatWorld.CreateAsync(new FakeTimeProvider(), new() { ["Answers:LinkQuestionsPerMinute"] = "1" });
        await world.AnswerAsync(world.Guest, "hi");
        Assert.Equal(AskRefusal.TooFast, Assert.IsType<AskOutcome.Refused>(await world.AskAsync(world.OtherGuest, "hi")).Reason);
    }

    [Fact]
    public async Task Ask_WhileAnswering_IsRefusedInThatConversationAlone()
    {
        await using var world = await ChatWorld.CreateAsync();
        var held = new TaskCompletionSource();
        world.Model.Script = cancel => Hold(held.Task, cancel);
        var first = await world.AcceptedAsync(world.Owner, "How many shares?");

        var same = await world.AskAsync(world.Owner, "And?", first.Conversation);
        var other = await world.AskAsync(world.Owner, "How many shares?");
        var third = await world.AskAsync(world.Owner, "How many shares?");
        held.SetResult();

        Assert.Equal(AskRefusal.StillAnswering, Assert.IsType<AskOutcome.Refused>(same).Reason);
        Assert.IsType<AskOutcome.Accepted>(other);
        Assert.Equal(AskRefusal.StillAnswering, Assert.IsType<AskOutcome.Refused>(third).Reason);   // two at once

        static async IAsyncEnumerable<Microsoft.Extensions.AI.ChatResponseUpdate> Hold(
            Task held, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            await held.WaitAsync(cancel);
            yield return ScriptedModel.Place(0);
        }
    }

    [Fact]
    public async Task Conversations_OfOthers_AreInvisible()
    {
        await using var world = await ChatWorld.CreateAsync();
        var owner = await world.AcceptedAsync(world.Owner, "hi");
        var guest = await world.AcceptedAsync(world.Guest, "hello");
        var store = world.Get<ConversationStore>();

        Assert.Equal([owner.Conversation], (await store.ListAsync(world.Owner, world.Assistant, Cancel))!.Select(c => c.Id));
        Assert.Equal([guest.Conversation], (await store.ListAsync(world.Guest, world.Assistant, Cancel))!.Select(c => c.Id));
        Assert.Empty((await store.ListAsync(world.OtherGuest, world.Assistant, Cancel))!);
        Assert.Null(await store.ListAsync(world.Other, world.Assistant, Cancel));
        Assert.Null(await store.FindAsync(world.Owner, guest.Conversation, Cancel));
        Assert.Null(await store.FindAsync(world.OtherGuest, guest.Conversation, Cancel));
        Assert.False(await store.GiveFeedbackAsync(world.Owner, guest.Turn, 1, Cancel));
        Assert.True(await store.GiveFeedbackAsync(world.Guest, guest.Turn, -1, Cancel));
    }
}
