using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Rag.Web.Assistants;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

/// <summary>What guests get of sentences that no passage supports: grey, or nothing at all, wherever they look.</summary>
public sealed class UnsupportedForGuestsTests
{
    private const string Invented = "Profits will double next year.";
    private const string Both = $"{ScriptedSearch.Sentence} {Invented} Net sales were 81,797 million dollars in the quarter.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Grey_IsTheDefault_ForGuestsToo()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Model.Script = cancel => ScriptedModel.Says(Both, cancel);

        var answer = (await world.AnswerAsync(world.Guest, "How many shares?")).Answer!;

        Assert.Contains(Invented, answer.ModelText, StringComparison.Ordinal);
        Assert.Contains(answer.Sentences!, s => s.Citation is null);
        Assert.Equal(0, answer.LeftOut);
    }

    [Fact]
    public async Task Drop_NoPartAndNoStoredWordReachesTheGuest()
    {
        await using var world = await ChatWorld.CreateAsync();
        await DropAsync(world);
        world.Model.Script = cancel => ScriptedModel.Says(Both, cancel);

        var accepted = await world.AcceptedAsync(world.Guest, "How many shares?");
        var parts = await world.WatchToEndAsync(world.Guest, accepted.Turn);

        var said = string.Concat(parts.OfType<AnswerPart.TextDelta>().Select(d => d.Text));
        Assert.Equal(ScriptedSearch.Sentence, said);   // the last sentence waits for the whole check
        var sent = string.Concat(parts.Select(p => System.Text.Json.JsonSerializer.Serialize(p.ToEvent(accepted.Turn).Event)));
        Assert.DoesNotContain("double", sent, StringComparison.Ordinal);
        var answer = (await world.TurnAsync(world.Guest, accepted)).Answer!;
        Assert.Equal($"{ScriptedSearch.Sentence} Net sales were 81,797 million dollars in the quarter.", answer.ModelText);
        Assert.Equal((1, 2), (answer.LeftOut, answer.Sentences!.Count));
        Assert.All(answer.Sentences, s => Assert.NotNull(s.Citation));
        Assert.StartsWith("Net sales", answer.ModelText!.Substring(answer.Sentences[1].Start, answer.Sentences[1].Length), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_ASupportedSentence_IsShownBeforeTheModelHasEnded()
    {
        await using var world = await ChatWorld.CreateAsync();
        await DropAsync(world);
        var go = new TaskCompletionSource();
        world.Model.Script = cancel => InTwo(ScriptedSearch.Sentence + " " + Invented + " Net", " sales.", go.Task, cancel);
        var accepted = await world.AcceptedAsync(world.Guest, "How many shares?");

        await foreach (var batch in (await world.Get<AnswerService>().WatchAsync(world.Guest, accepted.Turn, Cancel))!)
        {
            if (batch.OfType<AnswerPart.TextDelta>().Any())
            {
                Assert.Equal(ScriptedSearch.Sentence, string.Concat(batch.OfType<AnswerPart.TextDelta>().Select(d => d.Text)));
                Assert.False(go.Task.IsCompleted);
                go.SetResult();
            }
        }

        Assert.True(go.Task.IsCompleted);
    }

    [Fact]
    public async Task Drop_TheOwner_StillSeesItGreyed()
    {
        await using var world = await ChatWorld.CreateAsync();
        await DropAsync(world);
        world.Model.Script = cancel => ScriptedModel.Says(Both, cancel);

        var answer = (await world.AnswerAsync(world.Owner, "How many shares?")).Answer!;

        Assert.Contains(Invented, answer.ModelText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_ChosenLater_HoldsForOldAnswers()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Model.Script = cancel => ScriptedModel.Says(Both, cancel);
        var accepted = await world.AcceptedAsync(world.Guest, "How many shares?");
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        await DropAsync(world);

        Assert.DoesNotContain("double", (await world.TurnAsync(world.Guest, accepted)).Answer!.ToJson(), StringComparison.Ordinal);
        var ended = Assert.IsType<AnswerPart.Ended>((await world.WatchToEndAsync(world.Guest, accepted.Turn))[^1]);
        Assert.DoesNotContain("double", ended.Answer.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_ChosenWhileItIsWritten_LetsNoMoreThrough()
    {
        await using var world = await ChatWorld.CreateAsync();
        var go = new TaskCompletionSource();
        world.Model.Script = cancel => InTwo(Invented, " " + ScriptedSearch.Sentence, go.Task, cancel);
        var accepted = await world.AcceptedAsync(world.Guest, "How many shares?");
        await DropAsync(world);
        var watching = world.WatchToEndAsync(world.Guest, accepted.Turn);
        go.SetResult();

        var parts = await watching;

        Assert.Empty(parts.OfType<AnswerPart.TextDelta>());
        Assert.Equal(ScriptedSearch.Sentence, Assert.IsType<AnswerPart.Ended>(parts[^1]).Answer.ModelText);
    }

    [Fact]
    public async Task Drop_StoppedInTheMiddle_KeepsOnlyWhatIsSupported()
    {
        await using var world = await ChatWorld.CreateAsync();
        await DropAsync(world);
        world.Model.Script = cancel => InTwo($"{ScriptedSearch.Sentence} {Invented}", " never", Task.Delay(Timeout.Infinite, cancel), cancel);
        var accepted = await world.AcceptedAsync(world.Guest, "How many shares?");
        await foreach (var batch in (await world.Get<AnswerService>().WatchAsync(world.Guest, accepted.Turn, Cancel))!)
        {
            if (batch.OfType<AnswerPart.TextDelta>().Any())
            {
                await world.Get<AnswerService>().StopAsync(world.Guest, accepted.Turn, Cancel);
            }
        }

        await using var db = await world.DbAsync();
        Assert.DoesNotContain("double", (await db.Turns.SingleAsync(Cancel)).AnswerJson, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutUnsupported_CodeThatNobodyChecked_GoesToo()
    {
        const string text = "- First thing.\n- Second thing.\n```\nsecret code\n```\nThird thing. [trailing words";
        var third = text.IndexOf("Third", StringComparison.Ordinal);
        var answer = new StoredAnswer
        {
            ModelText = text,
            Sentences = [new CheckedSentence(2, 12, 1), new CheckedSentence(17, 13, null), new CheckedSentence(third, 12, 1)],
        }.WithoutUnsupported();

        Assert.Equal("- First thing.\nThird thing.", answer.ModelText);
        Assert.Equal(["First thing.", "Third thing."], answer.Sentences!.Select(s => answer.ModelText!.Substring(s.Start, s.Length)));
        Assert.Equal(1, answer.LeftOut);
        Assert.Equal(answer.ModelText, answer.WithoutUnsupported().ModelText);
        Assert.Null(new StoredAnswer { ModelText = "Not checked yet." }.WithoutUnsupported().ModelText);
    }

    private static async Task DropAsync(ChatWorld world)
    {
        await using var db = await world.DbAsync();
        await db.Assistants.ExecuteUpdateAsync(row => row.SetProperty(a => a.UnsupportedForGuests, UnsupportedForGuests.Drop), Cancel);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> InTwo(string first, string second, Task between, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, first);
        await between.WaitAsync(cancel);
        yield return new ChatResponseUpdate(ChatRole.Assistant, second);
    }
}
