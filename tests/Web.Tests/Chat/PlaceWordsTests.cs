using Rag.Retrieval.Knowledge;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class PlaceWordsTests
{
    [Theory]
    [InlineData("a.pdf", 3, null, "p. 3")]
    [InlineData("a.pdf", 3, "iii", "p. 3 (printed iii)")]
    [InlineData("a.html", 2, "Warranty", "Warranty")]
    [InlineData("a.txt", 1, null, "text file")]
    [InlineData("a.txt", 2, "lines 90–140", "lines 90–140")]
    [InlineData("a.csv", 1, "rows 1–50", "rows 1–50")]
    [InlineData("a.md", 2, null, "part 2")]
    [InlineData("a.docx", 1, null, "Word document")]
    [InlineData("a.pptx", 3, "slide 3", "slide 3")]
    [InlineData("a.xlsx", 1, "sheet Prices, rows 1–9", "sheet Prices, rows 1–9")]
    public void Place_OfACitation_IsNamedAsItsFileDoes(string file, int page, string? label, string words) => Assert.Equal(words, PlaceWords.Of(file, page, label));

    [Fact]
    public void Place_AboveTheSource_CountsPagesOnlyWhereThereAreAny()
    {
        Assert.Equal("page 3 of 9, printed as iii", PlaceWords.Long("a.pdf", 3, "iii", 9));
        Assert.Equal("parts 2–3", PlaceWords.Range("a.pptx", 2, 3));
        Assert.Equal("Warranty", PlaceWords.Long("a.md", 3, "Warranty", 9));
    }

    [Fact]
    public void Excerpt_OfATable_HasItsHeadsAndTheMarkedRow()
    {
        var page = new PageText(1, "rows 1–3", 0, 0, 100, "Prices\n\nA 10\t12\nB 20\t13\n", [new TextLine(100, 6, 0, 0, 0, 0, 0, true, [])]);

        var excerpt = Excerpt.Cut(page, 116, 123, "List\nModel | Price");

        Assert.Equal([true, false], excerpt.Blocks.Select(b => b.IsHeading));
        Assert.Equal(["Model", "Price"], excerpt.Blocks[1].Heads!);
        Assert.Equal(["A 10", "12"], excerpt.Blocks[1].Rows![0].Select(c => c.Before + c.After));
        Assert.Equal(["B 20", "13"], excerpt.Blocks[1].Rows![1].Select(c => c.Mark));
        Assert.False(excerpt.CutBefore || excerpt.CutAfter);
    }
}
