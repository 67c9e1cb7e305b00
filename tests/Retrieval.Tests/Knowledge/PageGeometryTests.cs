using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Tests.Knowledge;

public sealed class PageGeometryTests
{
    private const float Precision = 1 / 32f;

    [Fact]
    public void Lines_PackedAndUnpacked_AreAtMostAThirtySecondOff()
    {
        var random = new Random(7);
        var lines = new List<TextLine>();
        var start = 5_000;
        for (var i = 0; i < 60; i++)
        {
            var edges = new float[random.Next(0, 120)];
            for (var c = 0; c < edges.Length; c++)
            {
                edges[c] = (c == 0 ? 0 : edges[c - 1]) + (random.NextSingle() * 20);
            }

            lines.Add(new TextLine(
                start, edges.Length, (random.NextSingle() * 700) - 50, (random.NextSingle() * 900) - 50, edges.LastOrDefault(), 8 + random.NextSingle(),
                10.5f, i % 3 == 0, edges));
            start += edges.Length + random.Next(0, 3);
        }

        var bytes = PageGeometry.Pack(lines, 5_000);
        var back = PageGeometry.Unpack(bytes, 5_000);

        Assert.Equal(lines.Count, back.Count);
        foreach (var (line, copy) in lines.Zip(back))
        {
            Assert.Equal((line.Start, line.Length, line.Bold, line.FontSize), (copy.Start, copy.Length, copy.Bold, copy.FontSize));
            Assert.Equal(line.X, copy.X, Precision);
            Assert.Equal(line.Y, copy.Y, Precision);
            Assert.Equal(line.Width, copy.Width, Precision);
            Assert.Equal(line.Height, copy.Height, Precision);
            Assert.Equal(line.Edges.Length, copy.Edges.Length);
            Assert.All(line.Edges.Zip(copy.Edges), pair => Assert.Equal(pair.First, pair.Second, Precision));
        }
    }

    [Fact]
    public void Lines_OfTenPointText_TakeAboutOneByteACharacter()
    {
        var edges = Enumerable.Range(1, 90).Select(i => i * 5.3f).ToArray();
        var lines = Enumerable.Range(0, 50).Select(i => new TextLine(i * 91, 90, 72, 72 + (12 * i), 477, 10, 10, false, edges)).ToList();

        Assert.InRange(PageGeometry.Pack(lines, 0).Length, 4_500, 6_000);
    }

    [Fact]
    public void Page_WithoutLines_ComesBackEmpty() => Assert.Empty(PageGeometry.Unpack(PageGeometry.Pack([], 3), 3));

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 9, 1 })]
    [InlineData(new byte[] { 1, 2, 0 })]
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    public void Bytes_Damaged_AreRefused(byte[] bytes) => Assert.Throws<InvalidDataException>(() => PageGeometry.Unpack(bytes, 0));
}
