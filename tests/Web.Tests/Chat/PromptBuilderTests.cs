using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Web.Assistants;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class PromptBuilderTests
{
    private const string Delimiter = "qwertyuiopasdfgh";
    private static readonly ITokenCounter Words = new WordTokens();
    private static readonly AnswerModel Small = new("small", "Small", 8_192, AnswerStyle.Quote);
    private static readonly AnswerModel Large = new("large", "Large", 32_768, AnswerStyle.Compose);
    private readonly PromptBuilder builder = new(new PromptLibrary());

    [Fact]
    public void Prompt_PassagesStandBetweenDelimiters_AfterRulesAndInstructions()
    {
        var prompt = Build(Small, ScriptedSearch.Found(true));

        var last = prompt.Messages[^1].Text;
        Assert.Equal(2, last.Split(Delimiter).Length - 1);
        Assert.InRange(last.IndexOf(ScriptedSearch.Sentence, StringComparison.Ordinal), last.IndexOf($"{Delimiter}\n", StringComparison.Ordinal), last.LastIndexOf(Delimiter, StringComparison.Ordinal));
        Assert.EndsWith("one short sentence: How many?", last, StringComparison.Ordinal);
        Assert.StartsWith("You answer a question from passages of files.", prompt.Messages[0].Text, StringComparison.Ordinal);
        Assert.EndsWith("Be kind.", prompt.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_PassageThatLooksLikeATemplate_StaysAsItIs()
    {
        var found = WithText("Fill {{question}} and {{delimiter}} here.");
        Assert.Contains("Fill {{question}} and {{delimiter}} here.", Build(Small, found).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_SameStyle_HasTheSameStableStart()
    {
        var one = Build(Small, ScriptedSearch.Found(true));
        var two = builder.Build(Small, Maker("Be kind."), [new PastTurn("Before?", "Yes.", false)], "Other?", ScriptedSearch.Found(true), "zzzzzzzzzzzzzzzz", Words);
        Assert.Equal(one.Messages[0].Text, two.Messages[0].Text);
        Assert.Equal(one.Hash, two.Hash);
        Assert.NotEqual(one.Hash, Build(Large, ScriptedSearch.Found(true)).Hash);
    }

    [Fact]
    public void Prompt_SmallModelAndLongPassages_StaysShortAndKeepsTheEvidence()
    {
        var filler = string.Concat(Enumerable.Repeat("Some words that nobody asked for stand here. ", 200));
        var prompt = Build(Small, WithText(filler + ScriptedSearch.Sentence + " " + filler));

        Assert.Contains(ScriptedSearch.Sentence, prompt.Messages[^1].Text, StringComparison.Ordinal);
        Assert.InRange(Words.Count(prompt.Messages[^1].Text), 100, 900);
        Assert.Equal(96, prompt.MaxOutputTokens);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1_024)]
    [InlineData(4_096)]
    [InlineData(32_768)]
    public void Prompt_AnyContext_FitsWithItsAnswer(int context)
    {
        var long1 = string.Concat(Enumerable.Repeat("Words words words words. ", 3_000));
        var earlier = Enumerable.Range(0, 50).Select(i => new PastTurn($"Question {i} of many?", string.Join(' ', Enumerable.Repeat("answer", 60)), false)).ToList();
        foreach (var style in new[] { AnswerStyle.Quote, AnswerStyle.Compose })
        {
            var model = new AnswerModel("m", "M", context, style);
            var prompt = builder.Build(model, Maker(long1), earlier, "How many?", WithText(long1 + ScriptedSearch.Sentence + long1), Delimiter, Words);

            Assert.True(prompt.Messages.Sum(m => Words.Count(m.Text) + 8) + prompt.MaxOutputTokens <= context);
            Assert.Contains("their beginning", prompt.Notes[0], StringComparison.Ordinal);
            Assert.Contains("oldest questions of this chat", prompt.Notes[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Prompt_HistoryTooLong_DropsTheOldestFirstAndSaysSo()
    {
        var earlier = Enumerable.Range(0, 4).Select(i => new PastTurn($"Q{i}?", string.Join(' ', Enumerable.Repeat($"a{i}", 50)), false)).ToList();
        var prompt = builder.Build(Small, Maker(""), earlier, "How many?", ScriptedSearch.Found(true), Delimiter, Words);

        Assert.Equal(["Q2?", "Q3?"], prompt.Messages.Skip(1).SkipLast(1).Where(m => m.Role.Value == "user").Select(m => m.Text));
        Assert.Contains("2 oldest questions", Assert.Single(prompt.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_QuestionLongerThanTheContext_IsRefused()
    {
        var tiny = new AnswerModel("m", "M", 256, AnswerStyle.Quote);
        var failure = Assert.Throws<ModelException>(() => builder.Build(
            tiny, Maker(""), [], string.Join(' ', Enumerable.Repeat("word", 1_000)), ScriptedSearch.Found(true), Delimiter, Words));
        Assert.Equal(ModelFailure.PromptTooLong, failure.Failure);
    }

    [Fact]
    public void Prompt_TableRow_CarriesItsCaption()
    {
        var found = ScriptedSearch.Found(true);
        found = found with { Evidence = [found.Evidence[1] with { Caption = "Net sales (in millions)" }] };
        Assert.Contains("Net sales (in millions)\nNet sales were 81,797", Build(Large, found).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_TableRowForASmallModel_NamesEachFigure()
    {
        var found = ScriptedSearch.Found(true);
        found = found with { Evidence = [found.Evidence[1] with { Text = "Total net sales\t$81,797\t$82,959", Caption = "Net sales (in millions)\nJuly 1, 2023 | June 25, 2022" }] };
        Assert.Contains("Net sales (in millions) Total net sales: July 1, 2023: $81,797; June 25, 2022: $82,959.", Build(Small, found).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_LargeModel_NumbersItsPassages() =>
        Assert.Contains("[1] 10-Q AAPL, p. 14\n", Build(Large, ScriptedSearch.Found(true)).Messages[^1].Text, StringComparison.Ordinal);

    private Prompt Build(AnswerModel model, SearchResult found) => builder.Build(model, Maker("Be kind."), [], "How many?", found, Delimiter, Words);

    private static Assistant Maker(string instructions) => new() { OwnerId = "owner", Name = "A", Instructions = instructions };

    private static SearchResult WithText(string text)
    {
        var found = ScriptedSearch.Found(true);
        var passage = found.Passages[0] with { Text = text, End = text.Length };
        var at = Math.Max(0, text.IndexOf(ScriptedSearch.Sentence, StringComparison.Ordinal));
        return found with { Passages = [passage, .. found.Passages.Skip(1)], Evidence = [found.Evidence[0] with { Start = at, End = at + 10 }] };
    }

    private sealed class WordTokens : ITokenCounter
    {
        public int Count(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
