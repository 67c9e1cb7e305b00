using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Tests.Knowledge;

public sealed class TextLocatorTests
{
    // 5 points a character, lines at y = 72, 86, 100.
    private static readonly PageText Page = Pieces.Page(2, 1_000, "The first line.\nThe second line\nThird\n");

    [Fact]
    public void Range_WithinALine_IsCutToItsCharacters() =>
        Assert.Equal([new PageBox(72 + 20, 72, 25, 12)], TextLocator.Boxes(Page, 1_004, 1_009));

    [Fact]
    public void Range_OverThreeLines_GivesABoxForEach() =>
        Assert.Equal(
            [new PageBox(72 + 20, 72, 55, 12), new PageBox(72, 86, 75, 12), new PageBox(72, 100, 10, 12)],
            TextLocator.Boxes(Page, 1_004, 1_034));

    [Fact]
    public void Range_EndingInBlanks_IsCutBeforeThem() =>
        Assert.Equal([new PageBox(72, 72, 15, 12)], TextLocator.Boxes(Page, 1_000, 1_004));

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(1_038, 2_000)]
    [InlineData(1_003, 1_004)]
    [InlineData(1_010, 1_010)]
    public void Range_WithoutText_GivesNothing(int start, int end) => Assert.Empty(TextLocator.Boxes(Page, start, end));

    [Fact]
    public void Range_FromAnEarlierPage_StartsAtTheTop() =>
        Assert.Equal([new PageBox(72, 72, 15, 12)], TextLocator.Boxes(Page, 900, 1_003));

    [Fact]
    public void Line_WithoutEdges_IsMarkedWhole()
    {
        var page = new PageText(1, null, 612, 792, 0, "word\n", [new TextLine(0, 4, 10, 20, 40, 12, 10, false, [])]);

        Assert.Equal([new PageBox(10, 20, 40, 12)], TextLocator.Boxes(page, 0, 2));
    }

    [Fact]
    public void Page_WithoutGeometry_GivesNothing() =>
        Assert.Empty(TextLocator.Boxes(new PageText(1, null, 0, 0, 0, "some text\n", []), 0, 4));
}
