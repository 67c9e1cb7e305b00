using Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>JBIG2 streams decoded in this process. The writer's streams were also given to jbig2dec, by hand: see docs/reliability.md.</summary>
public sealed class Jbig2Tests
{
    private const int Width = 203, Height = 151;
    private static readonly byte[] Picture = Part(ScanFiles.Pixels(), 1_020, 110, 130), Other = Part(ScanFiles.Pixels(), 1_020, 110, 131);

    /// <summary>ITU-T T.88, H.2: coded and decoded bytes.</summary>
    [Fact]
    public void ArithmeticCodes_OfTheStandardsExample_AreDecoded()
    {
        byte[] coded = Convert.FromHexString("84C73BFCE1A1430402200000410DBB86F4317FFF88FF37471ADB6ADFFFAC");
        byte[] plain = Convert.FromHexString("00020051000000C00352872AAAAAAAAA82C02000FCD79EF6BF7FED904F46A3BF");
        var decoder = new ArithmeticDecoder(coded);
        byte[] context = new byte[1];
        Assert.Equal(plain, plain.Select(_ => (byte)Enumerable.Range(0, 8).Aggregate(0, (bits, _) => (bits << 1) | decoder.Bit(context, 0))));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void GenericRegion_OfEveryTemplate_IsDecoded(int template, bool typical) => Same(Jbig2Files.Generic(Picture, Width, template, typical));

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public void Refinement_OfThePage_IsDecoded(int template, bool typical) => Same(Jbig2Files.Refined(Picture, Other, Width, template, typical));

    [Theory]
    [InlineData(1, false, 0, false)]
    [InlineData(0, false, 2, false)]
    [InlineData(3, false, 3, true)]
    [InlineData(2, false, 1, true)]
    [InlineData(0, true, 0, false)]
    [InlineData(1, true, 2, false)]
    [InlineData(2, true, 3, true)]
    [InlineData(3, true, 1, false)]
    public void TextRegion_WithEveryCornerAndDirection_IsDecoded(int corner, bool transposed, int logStrips, bool built)
    {
        var (globals, data) = Jbig2Files.Symbols(Picture, Width, (19, 17), corner, transposed, logStrips, built);
        Same(data, globals);
    }

    [Fact]
    public void Sizes_ThatDiffer_AreCutOrLeftWhite()
    {
        byte[] data = Jbig2Files.Generic(Picture, Width, 0, true);
        Bilevel page = Jbig2Decoder.Decode(default, data, Width + 10, Height - 10, NoFacsimile);
        Assert.Equal((Width + 10, Height - 10), (page.Width, page.Height));
        Assert.True(Picture.AsSpan(0, Width).SequenceEqual(page.Row(0)[..Width]));
        Assert.All(page.Row(5)[Width..].ToArray(), pixel => Assert.Equal(0, pixel));
    }

    [Fact]
    public void ChangedAndCutStreams_AreReadOrRefusedByOneException()
    {
        var random = new Random(88);
        var (globals, data) = Jbig2Files.Symbols(Picture, Width, (19, 17), built: true);
        byte[][] streams = [Jbig2Files.Generic(Picture, Width, 1, true), Jbig2Files.Refined(Picture, Other, Width, 0, true), [.. globals, .. data]];
        int refused = 0;
        for (int i = 0; i < 600; i++)
        {
            byte[] changed = [.. streams[i % 3]];
            for (int change = 0; change <= i % 4; change++)
            {
                changed[random.Next(change % 2 == 0 ? Math.Min(80, changed.Length) : changed.Length)] = (byte)random.Next(256);
            }

            changed = i % 5 == 0 ? changed[..random.Next(changed.Length)] : changed;
            try
            {
                Bilevel page = Jbig2Decoder.Decode(default, changed, Width, Height, NoFacsimile, mostWork: 2_000_000);
                Assert.Equal((Width, Height), (page.Width, page.Height));
            }
            catch (Jbig2Exception)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 50, 600);
    }

    private static void Same(byte[] data, byte[]? globals = null) => Assert.Equal(Picture, Jbig2Decoder.Decode(globals, data, Width, Height, NoFacsimile).Pixels);

    private static Bilevel NoFacsimile(ReadOnlyMemory<byte> data, int width, int height) => throw new Jbig2Exception();

    private static byte[] Part(byte[] pixels, int width, int left, int top) =>
        [.. Enumerable.Range(0, Width * Height).Select(i => pixels[((top + (i / Width)) * width) + left + (i % Width)])];
}
