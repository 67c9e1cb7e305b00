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

    private static readonly TextLine Straight = new(0, 3, 72, 100, 15, 12, 10, false, [5, 10, 15]);
    private static readonly TextLine Turned = new(4, 4, 72, 114, 20, 12, 10, true, [20, 15, 5, 10]) { Lefts = [15, 10, 0, 5] };

    [Fact]
    public void TurnedLines_PackedAndUnpacked_KeepBothEdges() =>
        Assert.Equivalent(new[] { Straight, Turned }, PageGeometry.Unpack(PageGeometry.Pack([Straight, Turned], 0), 0), strict: true);

    /// <summary>Pages stored before there was a version 2, byte by byte; pages without turned lines are written so still.</summary>
    [Fact]
    public void StraightLines_AreOfTheFirstVersion()
    {
        byte[] stored = [1, 1, 0, 3, 0x80, 0x12, 0x80, 0x19, 0xE0, 0x03, 0x80, 0x03, 0xC0, 0x02, 3, 80, 80, 80];
        Assert.Equal(stored, PageGeometry.Pack([Straight], 0));
        Assert.Equivalent(new[] { Straight }, PageGeometry.Unpack(stored, 0), strict: true);
    }

    [Fact]
    public void Bytes_ChangedAtRandom_AreReadOrRefusedWithoutTakingMuch()
    {
        var random = new Random(3);
        byte[][] good = [PageGeometry.Pack([Straight, Straight with { Start = 3 }], 0), PageGeometry.Pack([Straight, Turned], 0)];
        int read = 0, refused = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 4_000; round++)
        {
            var bad = good[round % 2].AsSpan(0, random.Next(3) == 0 ? random.Next(good[round % 2].Length) : good[round % 2].Length).ToArray();
            for (var flips = random.Next(4); flips > 0 && bad.Length > 0; flips--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.All(PageGeometry.Unpack(bad, 0), line => Assert.True(line.Lefts is null || line.Lefts.Length == line.Edges.Length));
                read++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(read > 1_000 && refused > 500, $"{read} read, {refused} refused");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L * 1024 * 1024);
    }

    [Fact]
    public void Page_WithoutLines_ComesBackEmpty() => Assert.Empty(PageGeometry.Unpack(PageGeometry.Pack([], 3), 3));

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 9, 1 })]
    [InlineData(new byte[] { 1, 2, 0 })]
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x7 })]
    [InlineData(new byte[] { 2, 1, 0, 3, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7, 1, 1 })]
    public void Bytes_Damaged_AreRefused(byte[] bytes) => Assert.Throws<InvalidDataException>(() => PageGeometry.Unpack(bytes, 0));
}
