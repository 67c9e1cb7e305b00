using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class TextTests
{
    [Theory]
    [InlineData("One. Two! Three?", "One.|Two!|Three?")]
    [InlineData("Apple Inc. sold 3.5 million. U.S. sales rose.", "Apple Inc. sold 3.5 million.|U.S. sales rose.")]
    [InlineData("See p. 14 of the report. Then stop", "See p. 14 of the report.|Then stop")]
    [InlineData("He said \"yes.\" Then left.", "He said \"yes.\"|Then left.")]
    [InlineData("- first point\n- second. Third.\n\n1. **Bold** start.", "first point|second.|Third.|**Bold** start.")]
    [InlineData("# Title\n> quoted. Again.", "Title|quoted.|Again.")]
    [InlineData("| a | b |\n|---|---|\n| 1. | 2 |", "| a | b ||| 1. | 2 |")]
    [InlineData("Before.\n```\nx = 1. y = 2.\n```\nAfter.", "Before.|After.")]
    [InlineData("---\n\n***\n", "")]
    [InlineData("2023 was good.", "2023 was good.")]
    public void Split_Text_GivesItsSentences(string text, string sentences) =>
        Assert.Equal(sentences, string.Join('|', MarkdownSentences.Split(text).Select(s => text.Substring(s.Start, s.Length))));

    [Theory]
    [InlineData("Sales rose [1].", "Sales rose.")]
    [InlineData("Sales rose.[1][2] More.", "Sales rose. More.")]
    [InlineData("A 【4】 b \\[5\\] c [^6] d [1-3] e [12;13].", "A b c d e.")]
    [InlineData("Keep [this] and [a1] and [].", "Keep [this] and [a1] and [].")]
    [InlineData("cut off [1", "cut off")]
    public void Filter_AnyCutOfTheStream_GivesTheSameText(string text, string shown)
    {
        for (var size = 1; size <= text.Length; size++)
        {
            var filter = new CitationFilter();
            var result = string.Concat(text.Chunk(size).Select(piece => filter.Feed(new string(piece)))) + filter.Flush();
            Assert.Equal(shown, result);
        }
    }

    [Theory]
    [InlineData("Hi!", 0)]
    [InlineData("THANK YOU 🙏", 1)]
    [InlineData("Bye.", 2)]
    [InlineData("What can you do for me?", 3)]
    public void SmallTalk_Known_IsRecognised(string message, int kind) => Assert.Equal((SmallTalkKind)kind, SmallTalk.Recognise(message));

    [Theory]
    [InlineData("hi, what were net sales?")]
    [InlineData("What can you do about inflation?")]
    [InlineData("thanks giving sales")]
    [InlineData("???")]
    public void SmallTalk_AQuestion_IsNot(string message) => Assert.Null(SmallTalk.Recognise(message));

    [Fact]
    public void StoredAnswer_FromANewerProgram_IsNotGuessed()
    {
        Assert.Null(StoredAnswer.Parse(new StoredAnswer { Version = StoredAnswer.CurrentVersion + 1 }.ToJson()));
        Assert.Null(StoredAnswer.Parse(null));
    }
}
