using Rag.Retrieval.Text;

namespace Rag.Retrieval.Tests.Text;

public sealed class SentenceSplitterTests
{
    [Theory]
    [InlineData("One. Two! Three? Four", "One.|Two!|Three?|Four")]
    [InlineData("It was made in the U.S. market. Then sold.", "It was made in the U.S. market.|Then sold.")]
    [InlineData("It is a U.S. District Court. He won.", "It is a U.S. District Court.|He won.")]
    [InlineData("They moved to the U.S. The rest stayed.", "They moved to the U.S.|The rest stayed.")]
    [InlineData("See No. 3 for more. It grew.", "See No. 3 for more.|It grew.")]
    [InlineData("The answer is no. Nobody knows.", "The answer is no.|Nobody knows.")]
    [InlineData("Apple Inc. Common Stock rose. It fell.", "Apple Inc. Common Stock rose.|It fell.")]
    [InlineData("He works for Apple Inc. The firm is large.", "He works for Apple Inc.|The firm is large.")]
    [InlineData("It grew 3.5 percent. Then 4.", "It grew 3.5 percent.|Then 4.")]
    [InlineData("1. First point\n2. Second point", "1. First point|2. Second point")]
    [InlineData("Dr. Smith met J. R. Jones. They spoke.", "Dr. Smith met J. R. Jones.|They spoke.")]
    [InlineData("He said \"Stop.\" Then he left.", "He said \"Stop.\"|Then he left.")]
    [InlineData("Wait... what? Yes.", "Wait... what?|Yes.")]
    [InlineData("Total net sales\t81,797\t82,959\nNet income. Rose\t1", "Total net sales\t81,797\t82,959|Net income. Rose\t1")]
    [InlineData("A paragraph that goes on\nand a second one", "A paragraph that goes on|and a second one")]
    [InlineData("这是一句。这是另一句。", "这是一句。|这是另一句。")]
    [InlineData("e.g. this, i.e. that. End.", "e.g. this, i.e. that.|End.")]
    [InlineData("Version 2.0.1 of app.config is here. Done.", "Version 2.0.1 of app.config is here.|Done.")]
    [InlineData("\n \n\t\n", "")]
    [InlineData("", "")]
    public void Text_IsSplitIntoItsSentences(string text, string sentences) =>
        Assert.Equal(sentences, string.Join('|', SentenceSplitter.Split(text).Select(unit => text[unit.Start..unit.End])));

    [Fact]
    public void Line_WithTabs_IsARow() =>
        Assert.Equal([true, false], SentenceSplitter.Split("a\t1\nA sentence.").Select(unit => unit.IsRow));

    [Fact]
    public void Units_OfAnyText_CoverEverythingButBlanks()
    {
        var random = new Random(3);
        const string Letters = "Ab. \n\t!?\"1,";
        for (var i = 0; i < 2_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => Letters[random.Next(Letters.Length)])]);
            var units = SentenceSplitter.Split(text);

            var end = 0;
            foreach (var unit in units)
            {
                Assert.True(string.IsNullOrWhiteSpace(text[end..unit.Start]), text);
                Assert.True(unit.End > unit.Start);
                end = unit.End;
            }

            Assert.True(string.IsNullOrWhiteSpace(text[end..]), text);
        }
    }
}
