using Rag.Retrieval.Knowledge;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class AnswerKindTests
{
    private const string Question = "How many shares were repurchased?";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_SearchedByWordsAlone_IsStoredAndSentToGuestsToo(bool byWordsAlone)
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Search.Result = ScriptedSearch.Found(answerable: true) with { ByWordsAlone = byWordsAlone };

        var accepted = await world.AcceptedAsync(world.Guest, Question);
        var parts = await world.WatchToEndAsync(world.Guest, accepted.Turn);

        var sent = parts.Select(part => part.ToEvent(accepted.Turn).Event.Answer).OfType<AnswerReply>().ToList();
        Assert.NotEmpty(sent);
        Assert.All(sent, answer => Assert.Equal(byWordsAlone, answer.ByWordsAlone));
        Assert.Equal(byWordsAlone, (await world.TurnAsync(world.Guest, accepted)).Answer!.ToReply().ByWordsAlone);
    }

    [Fact]
    public async Task Answer_FilesHoldIt_ShowsQuotesThenCheckedWords()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Model.Script = cancel => ScriptedModel.Says($"{ScriptedSearch.Sentence} It was a good year.", cancel);

        var turn = await world.AnswerAsync(world.Owner, Question);

        Assert.Equal(TurnState.Done, turn.State);
        var answer = turn.Answer!;
        Assert.Equal(AnswerKind.FromFiles, answer.Kind);
        Assert.Equal([(1, 14), (2, 15)], answer.QuotedCitations.Select(c => (c.Number, c.Page)));
        Assert.Equal(ScriptedSearch.Sentence, answer.Citations[0].Quote);
        Assert.Equal(3, answer.FilesSearched);
        Assert.Equal([1, null], answer.Sentences!.Select(s => s.Citation));
        Assert.Equal("It was a good year.", answer.ModelText!.Substring(answer.Sentences![1].Start, answer.Sentences[1].Length));
        Assert.Equal(("small", "Small-1"), (answer.ModelId, answer.ModelName));
        Assert.Equal(16, answer.PromptHash!.Length);
        Assert.Equal([true, true, true, false], answer.Passages.Select(p => p.InPrompt));
        Assert.NotNull(answer.Timings.Search);
        Assert.NotNull(answer.Timings.FirstToken);
        Assert.True(answer.Timings.Total >= answer.Timings.FirstToken);
    }

    [Fact]
    public async Task Answer_FilesHoldIt_PartsComeInOrder()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Model.Script = Queued;

        var accepted = await world.AcceptedAsync(world.Owner, Question);
        var parts = await world.WatchToEndAsync(world.Owner, accepted.Turn);

        Assert.Equal(
            ["Searching", "EvidenceReady", "InQueue", "InQueue", "TextDelta", "SentencesChecked", "Ended"],
            parts.Select(p => p.GetType().Name));
        Assert.Equal([2, 0], parts.OfType<AnswerPart.InQueue>().Select(q => q.Ahead));

        static async IAsyncEnumerable<Microsoft.Extensions.AI.ChatResponseUpdate> Queued([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            yield return ScriptedModel.Place(2);
            yield return ScriptedModel.Place(0);
            await foreach (var update in ScriptedModel.Says("Yes.", cancel))
            {
                yield return update;
            }
        }
    }

    [Fact]
    public async Task Answer_SupportedByAnotherPassage_GetsTheNextNumber()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Model.Script = cancel => ScriptedModel.Says("The Company designs and sells phones.", cancel);

        var answer = (await world.AnswerAsync(world.Owner, Question)).Answer!;

        Assert.Equal([3], answer.Sentences!.Select(s => s.Citation ?? 0));
        Assert.Equal((2, 3, 16), (answer.Quotes, answer.Citations.Count, answer.Citations[2].Page));
    }

    [Fact]
    public async Task Answer_ModelInventsNumbers_TheyAreNeverShown()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Model.Script = cancel => ScriptedModel.Says("It bought [7 ] shares [7]. Many [1 , 2] of them [ ^3].", cancel);

        var accepted = await world.AcceptedAsync(world.Owner, Question);
        var parts = await world.WatchToEndAsync(world.Owner, accepted.Turn);

        Assert.Equal("It bought shares. Many of them.", string.Concat(parts.OfType<AnswerPart.TextDelta>().Select(d => d.Text)));
        Assert.Equal("It bought shares. Many of them.", (await world.TurnAsync(world.Owner, accepted)).Answer!.ModelText);
    }

    [Fact]
    public async Task Answer_BelowTheFloor_SaysSoAndCallsNoModel()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Search.Result = ScriptedSearch.Found(answerable: false);

        var turn = await world.AnswerAsync(world.Owner, "Who won the cup?");

        Assert.Equal((TurnState.Done, AnswerKind.NotInFiles), (turn.State, turn.Answer!.Kind));
        Assert.Equal("These files do not answer that.", turn.Answer.Text);
        Assert.Equal(3, turn.Answer.Quotes);
        Assert.Null(turn.Answer.ModelText);
        Assert.Empty(world.Model.Calls);
    }

    [Theory]
    [InlineData("hi")]
    [InlineData("Hello!!")]
    [InlineData("What can you do?")]
    public async Task Answer_SmallTalk_IntroducesWithoutSearching(string message)
    {
        await using var world = await ChatWorld.CreateAsync();

        var owner = (await world.AnswerAsync(world.Owner, message)).Answer!;
        var guest = (await world.AnswerAsync(world.Guest, message)).Answer!;

        Assert.All([owner, guest], a => Assert.Equal(AnswerKind.SmallTalk, a.Kind));
        Assert.All([owner, guest], a => Assert.Contains("Quarterlies", a.Text, StringComparison.Ordinal));
        Assert.Contains("AAPL", owner.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("AAPL", guest.Text, StringComparison.Ordinal);
        Assert.Empty(world.Search.Requests);
        Assert.Empty(world.Model.Calls);
    }

    [Fact]
    public async Task Answer_GreetingWithAQuestion_IsSearched()
    {
        await using var world = await ChatWorld.CreateAsync();
        Assert.Equal(AnswerKind.FromFiles, (await world.AnswerAsync(world.Owner, "Hi, how many shares?")).Answer!.Kind);
    }

    [Fact]
    public async Task Answer_NoFiles_SaysWhatToDo()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Library.Files.Clear();

        var owner = (await world.AnswerAsync(world.Owner, Question)).Answer!;
        var guest = (await world.AnswerAsync(world.Guest, Question)).Answer!;

        Assert.All([owner, guest], a => Assert.Equal(AnswerKind.NoFiles, a.Kind));
        Assert.Contains("Add a PDF", owner.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Add a PDF", guest.Text, StringComparison.Ordinal);
        Assert.Empty(world.Search.Requests);
    }

    [Fact]
    public async Task Answer_AllFilesBeingRead_NamesThemToTheOwnerAlone()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Library.Files.Clear();
        world.Library.Files.Add(ScriptedLibrary.File(DocumentId.New(), "NVDA.pdf", DocumentState.Extracting, 40, 132));

        var owner = (await world.AnswerAsync(world.Owner, Question)).Answer!;
        var guest = (await world.AnswerAsync(world.Guest, Question)).Answer!;

        Assert.All([owner, guest], a => Assert.Equal(AnswerKind.FilesBeingRead, a.Kind));
        Assert.Contains("NVDA.pdf (reading page 41 of 132)", owner.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("NVDA", guest.Text, StringComparison.Ordinal);

        world.Library.Files[0] = world.Library.Files[0] with { RecognisingPage = 41 };
        owner = (await world.AnswerAsync(world.Owner, Question)).Answer!;
        Assert.Contains("NVDA.pdf (recognising page 41 of 132)", owner.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_SomeFilesBeingRead_AnswersAndSaysWhichAreMissing()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Library.Files.Add(ScriptedLibrary.File(DocumentId.New(), "NVDA.pdf", DocumentState.Extracting, 40, 132));

        var owner = (await world.AnswerAsync(world.Owner, Question)).Answer!;
        var guest = (await world.AnswerAsync(world.Guest, Question)).Answer!;

        Assert.Equal(AnswerKind.FromFiles, owner.Kind);
        Assert.Contains("NVDA.pdf", Assert.Single(owner.Notes), StringComparison.Ordinal);
        Assert.DoesNotContain("NVDA", Assert.Single(guest.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_FollowUp_IsSearchedWithTheEarlierQuestions()
    {
        await using var world = await ChatWorld.CreateAsync();
        var first = await world.AcceptedAsync(world.Owner, Question);
        await world.Runner.FinishedAsync(first.Turn);
        await world.AnswerAsync(world.Owner, "thanks", first.Conversation);
        await world.AnswerAsync(world.Owner, "And what did it cost?", first.Conversation);

        Assert.Equal([Question], world.Search.Requests[^1].EarlierQuestions);
        var prompt = world.Model.Calls[^1].Messages;
        Assert.Equal(["system", "user", "assistant", "user"], prompt.Select(m => m.Role.Value));
        Assert.Equal(Question, prompt[1].Text);
        Assert.Equal("The Company repurchased shares.", prompt[2].Text);
    }

    [Fact]
    public async Task Question_ThatTheFilesDoNotAnswer_GetsTheNearestSentencesWithTheirPlaces()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Search.Result = ScriptedSearch.Found(answerable: true) with { Answerable = false };

        var answer = (await world.AnswerAsync(world.Owner, "Who painted the ceiling?")).Answer!;

        Assert.Equal((AnswerKind.NotInFiles, "These files do not answer that."), (answer.Kind, answer.Text));
        Assert.Equal((ScriptedSearch.Sentence, 14), (answer.Citations[0].Quote, answer.Citations[0].Page));
        Assert.NotEmpty(answer.Citations[0].Boxes);
    }

    [Fact]
    public async Task Passage_WithoutASentenceWorthQuoting_GivesItsFirstOneAsItStands()
    {
        await using var world = await ChatWorld.CreateAsync();
        world.Search.Result = ScriptedSearch.Found(answerable: false);

        var answer = (await world.AnswerAsync(world.Owner, "Who painted the ceiling?")).Answer!;

        Assert.Equal(["Share repurchases.", "Net sales were 81,797 million dollars in the quarter.", "The Company designs and sells phones."], answer.Citations.Select(c => c.Quote));
        Assert.Equal([14, 15, 16], answer.Citations.Select(c => c.Page));
    }
}
