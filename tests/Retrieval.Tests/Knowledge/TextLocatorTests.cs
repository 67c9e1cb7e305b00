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

    // Read from right to left: "AB cd" stands as "cd BA"; then "AB 12" with the figures as they are.
    private static readonly PageText Turned = new(1, null, 612, 792, 0, "AB cd\nAB 12\n",
    [
        new(0, 5, 10, 20, 50, 12, 10, false, [50, 40, 30, 20, 10]) { Lefts = [40, 30, 20, 10, 0] },
        new(6, 5, 10, 40, 50, 12, 10, false, [50, 40, 30, 10, 20]) { Lefts = [40, 30, 20, 0, 10] },
    ]);

    [Theory]
    [InlineData(0, 2, 40, 20)]
    [InlineData(3, 5, 10, 20)]
    [InlineData(1, 4, 20, 30)]
    [InlineData(1, 3, 40, 10)]
    public void Range_InATurnedLine_IsCutToItsCharacters(int start, int end, float x, float width) =>
        Assert.Equal([new PageBox(x, 20, width, 12)], TextLocator.Boxes(Turned, start, end));

    [Fact]
    public void Range_ThatStandsApartInATurnedLine_GivesABoxForEachStretch() =>
        Assert.Equal([new PageBox(10, 40, 10, 12), new PageBox(40, 40, 20, 12)], TextLocator.Boxes(Turned, 6, 10));

    [Fact]
    public void TurnedLine_WithFewerEdgesThanCharacters_IsMarkedWhereItHasThem()
    {
        var page = new PageText(1, null, 612, 792, 0, "word\n", [new TextLine(0, 4, 10, 20, 40, 12, 10, false, [40, 30]) { Lefts = [30, 20] }]);
        Assert.Equal([new PageBox(30, 20, 20, 12)], TextLocator.Boxes(page, 0, 4));
        Assert.Empty(TextLocator.Boxes(page, 2, 4));
    }

    [Fact]
    public void Page_WithoutGeometry_GivesNothing() =>
        Assert.Empty(TextLocator.Boxes(new PageText(1, null, 0, 0, 0, "some text\n", []), 0, 4));
}
