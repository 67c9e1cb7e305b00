using Rag.Retrieval.Reading;
using Rag.Web.Chat;
using Rag.Web.Chat.Whole;

namespace Rag.Web.Tests.Chat.Whole;

/// <summary>Questions about everything through the real answer services, with a scripted reading and a scripted model.</summary>
public sealed class WholeAnswerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Summarise_WithAQuotingModel_ReadsEverythingAndCallsNoModel()
    {
        await using var world = await ChatWorld.CreateAsync();

        var turn = await world.AnswerAsync(world.Owner, "Summarise this document");

        var answer = turn.Answer!;
        Assert.Equal((TurnState.Done, AnswerKind.WholeFiles), (turn.State, answer.Kind));
        Assert.Equal((4, 4, 1), (answer.Whole!.Read, answer.Whole.Passages, answer.Whole.Files));
        Assert.Equal("read 4 of 4 passages in 1 file", WholeWords.Coverage(answer.Whole));
        Assert.Equal([1, 2, 3, 4], answer.Whole.Sections.SelectMany(s => s.Points).Select(p => p.Citation));
        Assert.Equal(["Even", "Odd", "Even", "Odd"], answer.Whole.Sections.Select(s => s.Heading));
        Assert.Equal((14, 4), (answer.Citations[0].Page, answer.Quotes));
        Assert.Empty(world.Model.Calls);
        Assert.Empty(world.Search.Requests);
        Assert.All(world.Reader.Scopes, scope => Assert.Equal(world.Reader.Scopes[0], scope));
        Assert.Null(((SummaryRequest)world.Reader.Requests.Single()).Topic);
    }

    [Fact]
    public async Task ListAll_SaysHowManyAndWhere()
    {
        await using var world = await ChatWorld.CreateAsync();

        var answer = (await world.AnswerAsync(world.Guest, "List all dates")).Answer!;

        Assert.Equal("dates", answer.Whole!.Subject);
        Assert.Equal((4, 8), (answer.Whole.Found, answer.Whole.Places));
        Assert.StartsWith("4 different values for “dates”, in 8 places", answer.Text, StringComparison.Ordinal);
        Assert.Equal(("value", 2), (answer.Whole.Sections[0].Points[0].Value, answer.Whole.Sections[0].Points[0].Places));
    }

    [Fact]
    public async Task ListAll_ForAGuest_KeepsFewerPlaces()
    {
        await using var world = await ChatWorld.CreateAsync();

        await world.AnswerAsync(world.Owner, "List all dates");
        await world.AnswerAsync(world.Guest, "List all dates");

        Assert.Equal([200, 40], world.Reader.Requests.Cast<ListRequest>().Select(r => r.Entries));
    }

    [Fact]
    public async Task Reading_TellsHowFarItIs()
    {
        await using var world = await ChatWorld.CreateAsync();
        var go = new TaskCompletionSource();
        world.Reader.AfterEach = (i, cancel) => i == 3 ? go.Task.WaitAsync(cancel) : Task.CompletedTask;
        var accepted = await world.AcceptedAsync(world.Owner, "What is this document about?");
        var watching = world.WatchToEndAsync(world.Owner, accepted.Turn);
        go.SetResult();

        var parts = await watching;

        Assert.Equal([0, 1, 2, 3, 4], parts.OfType<AnswerPart.Reading>().Select(r => r.Done));
        Assert.All(parts.OfType<AnswerPart.Reading>(), r => Assert.Equal((4, false), (r.Total, r.ByModel)));
        Assert.IsType<AnswerPart.Ended>(parts[^1]);
    }

    [Fact]
    public async Task Reading_OnTheScreenAndByHttp()
    {
        await using var world = await ChatWorld.CreateAsync();
        var accepted = await world.AcceptedAsync(world.Owner, "List all dates");
        var parts = await world.WatchToEndAsync(world.Owner, accepted.Turn);
        var view = new TurnView(accepted.Turn, "List all dates");
        var heard = new List<string?>();
        var waits = new List<string?>();
        foreach (var part in parts)
        {
            heard.Add(view.Apply(part));
            waits.Add(view.Waiting);
        }

        Assert.Contains("Reading all 4 passages.", heard);
        Assert.Contains("read 3 of 4 passages", waits);
        Assert.Null(view.Progress);
        var (name, data) = parts.OfType<AnswerPart.Reading>().Last().ToEvent(accepted.Turn);
        Assert.Equal(("reading", 4, 4), (name, data.Read, data.Passages));
        var reply = parts[^1].ToEvent(accepted.Turn).Event.Answer!;
        Assert.Equal("read 4 of 4 passages in 1 file", reply.Whole!.Coverage);
        Assert.All(reply.Whole.Sections.SelectMany(s => s.Points), p => Assert.Contains(reply.Citations, c => c.Number == p.Citation && c.Shown));
        Assert.DoesNotContain(ScriptedSearch.Apple.Value.ToString(), System.Text.Json.JsonSerializer.Serialize(reply), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Reading_Stopped_KeepsHowFarItCame()
    {
        await using var world = await ChatWorld.CreateAsync();
        var reached = new TaskCompletionSource();
        world.Reader.AfterEach = async (i, cancel) =>
        {
            if (i == 3)
            {
                reached.SetResult();
                await Task.Delay(Timeout.Infinite, cancel);
            }
        };
        var accepted = await world.AcceptedAsync(world.Owner, "Summarise everything");
        await reached.Task.WaitAsync(Cancel);

        Assert.True(await world.Get<AnswerService>().StopAsync(world.Owner, accepted.Turn, Cancel));
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        var turn = await world.TurnAsync(world.Owner, accepted);
        Assert.Equal((TurnState.Stopped, AnswerKind.WholeFiles), (turn.State, turn.Answer!.Kind));
        Assert.Equal((2, 4), (turn.Answer.Whole!.Read, turn.Answer.Whole.Passages));
        Assert.Empty(turn.Answer.Citations);
    }

    [Fact]
    public async Task ListAll_FindingNothing_IsSearchedAndSaysThatAllWasRead()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Reader.FindsNothing = true;

        var answer = (await world.AnswerAsync(world.Owner, "List all penguins")).Answer!;

        Assert.Equal(AnswerKind.FromFiles, answer.Kind);
        Assert.Null(answer.Whole);
        Assert.Contains("4 passages were read for “penguins”; none speaks of it in these words or in this meaning.", answer.Notes);
    }

    [Fact]
    public async Task Summarise_MoreThanIsRead_IsSearchedAndSaysWhy()
    {
        await using var world = await ChatWorld.CreateAsync(settings: new() { ["Answers:WholePassages"] = "100" });
        world.Reader.Passages.AddRange(Enumerable.Repeat(world.Reader.Passages[0], 100));

        var answer = (await world.AnswerAsync(world.Owner, "Summarise everything")).Answer!;

        Assert.Equal(AnswerKind.FromFiles, answer.Kind);
        Assert.Contains(answer.Notes, note => note.Contains("104 passages", StringComparison.Ordinal) && note.Contains("Name a file", StringComparison.Ordinal));
        Assert.Empty(world.Reader.Requests);
    }

    [Fact]
    public async Task Summarise_WithAComposingModel_ChecksEachPointAndGreysTheRest()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.ModelFacts = new AnswerModel("large", "Large-1", 4_096, AnswerStyle.Compose);
        var call = 0;
        world.Model.Script = cancel => ScriptedModel.Says(
            ++call == 1 ? $"- {ScriptedSearch.Sentence}\n- Profits will double. [1]\n- none" : $"- {ScriptedSearch.Sentence} [1]\n- Everybody is happy with this.", cancel);

        var turn = await world.AnswerAsync(world.Owner, "Summarise this document");

        var answer = turn.Answer!;
        Assert.Equal((TurnState.Done, null), (turn.State, answer.Problem));
        Assert.Equal(2, world.Model.Calls.Count);   // one prompt holds all four passages; one puts the points together
        Assert.All(world.Reader.Passages, p => Assert.Contains(p.Text, world.Model.Calls[0].Messages[^1].Text, StringComparison.Ordinal));
        Assert.Contains(ScriptedSearch.Sentence, world.Model.Calls[1].Messages[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Profits will double", world.Model.Calls[1].Messages[^1].Text, StringComparison.Ordinal);   // nothing supports it
        Assert.DoesNotContain("[1]", answer.ModelText, StringComparison.Ordinal);
        var sentences = answer.Sentences!.Select(s => (Text: answer.ModelText!.Substring(s.Start, s.Length), s.Citation)).ToList();
        Assert.Contains(sentences, s => s.Text.Contains("365 million", StringComparison.Ordinal) && answer.FindCitation(s.Citation!.Value)!.Page == 14);
        Assert.Contains(sentences, s => s.Text.Contains("happy", StringComparison.Ordinal) && s.Citation is null);
        Assert.Equal("Large-1", answer.ModelName);
        Assert.Equal(4, answer.Quotes);
    }

    [Fact]
    public async Task ListAll_WithAComposingModel_ReadsAPromptFullAtATime()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.ModelFacts = new AnswerModel("large", "Large-1", 1_024, AnswerStyle.Compose);
        var filler = string.Join(' ', Enumerable.Repeat("more", 200));
        foreach (var (i, passage) in world.Reader.Passages.ToList().Index())
        {
            world.Reader.Passages[i] = passage with { Text = $"{passage.Text} {filler}" };
        }

        world.Model.Script = cancel => ScriptedModel.Says($"- {ScriptedSearch.Sentence}", cancel);

        var parts = await world.WatchToEndAsync(world.Owner, (await world.AcceptedAsync(world.Owner, "List all repurchases")).Turn);

        var answer = Assert.IsType<AnswerPart.Ended>(parts[^1]).Answer;
        Assert.True(world.Model.Calls.Count > 1);
        Assert.All(world.Model.Calls, c => Assert.True(c.Messages.Sum(m => m.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length) <= 1_024 - c.Options.MaxOutputTokens));
        Assert.Equal($"- {ScriptedSearch.Sentence}", answer.ModelText);   // said by every part, kept once
        Assert.Contains(parts, p => p is AnswerPart.Reading { ByModel: true, Done: > 0 });
    }

    [Fact]
    public async Task Summarise_WhenTheModelFails_KeepsTheSentences()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.ModelFacts = new AnswerModel("large", "Large-1", 4_096, AnswerStyle.Compose);
        world.Model.Script = _ => throw new ModelException(ModelFailure.Busy, "busy");

        var turn = await world.AnswerAsync(world.Owner, "Summarise this document");

        Assert.Equal((TurnState.Failed, 4), (turn.State, turn.Answer!.Quotes));
        Assert.StartsWith("Too many answers", turn.Answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeletedFile_TakesItsWordsOutOfTheAnswer()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.ModelFacts = new AnswerModel("large", "Large-1", 4_096, AnswerStyle.Compose);
        world.Model.Script = cancel => ScriptedModel.Says($"- {ScriptedSearch.Sentence}", cancel);
        var accepted = await world.AcceptedAsync(world.Guest, "Summarise this document");
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        await world.Get<ConversationStore>().ForgetDocumentAsync(world.Owner, world.Assistant, ScriptedSearch.Apple.Value, Cancel);

        var answer = (await world.TurnAsync(world.Guest, accepted)).Answer!;
        Assert.Empty(answer.Citations);
        Assert.Empty(answer.Whole!.Sections);
        Assert.Null(answer.ModelText);
        Assert.Equal(0, answer.Quotes);
        Assert.DoesNotContain("365 million", answer.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("AAPL", answer.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileDeletedWhileItIsRead_LeavesNoWordBehind()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Reader.AfterEach = (i, _) =>
        {
            world.Library.Files.RemoveAll(f => i == 2 && f.Id == ScriptedSearch.Apple);
            return Task.CompletedTask;
        };
        var accepted = await world.AcceptedAsync(world.Owner, "Summarise this document");
        var ended = Assert.IsType<AnswerPart.Ended>((await world.WatchToEndAsync(world.Owner, accepted.Turn))[^1]);
        await world.Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);

        Assert.DoesNotContain("365 million", ended.Answer.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("365 million", (await world.TurnAsync(world.Owner, accepted)).Answer!.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterASummary_AFollowUpIsNotSearchedWithIt()
    {
        await using var world = await ChatWorld.CreateAsync();
        var first = await world.AcceptedAsync(world.Owner, "Summarise this document");
        await world.Runner.FinishedAsync(first.Turn).WaitAsync(Cancel);

        await world.AnswerAsync(world.Owner, "How many shares were repurchased?", first.Conversation);

        Assert.Empty(world.Search.Requests.Single().EarlierQuestions);
    }
}
