using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>Pages of a PDF that are pictures. One test needs the Tesseract program (eng/test installs it); the others use a stand-in for it.</summary>
public sealed class ScanTests : IDisposable
{
    private readonly EngineScript engine = new();

    public void Dispose() => engine.Dispose();

    [Fact]
    public async Task EveryWayToStoreAScan_GivesItsWordsWithTheirPlaces()
    {
        byte[] file = ScanFiles.Build(
            ScanFiles.TextPage("A page with letters is not recognised."),
            (ScanFiles.Whole, [ScanFiles.Jpeg], 0),
            (ScanFiles.Whole, [ScanFiles.TwoLevel], 0),
            ("q 0 612 -792 0 792 0 cm /Im1 Do Q", [ScanFiles.TwoLevel], 90),
            ("q 612 0 0 90 0 702 cm /Im1 Do Q q 612 0 0 702 0 0 cm /Im2 Do Q", [ScanFiles.Rows(0, 150), ScanFiles.Rows(150, 1_320)], 0),   // cut through the first line
            (ScanFiles.Sideways, [ScanFiles.SidewaysColour()], 0),
            (ScanFiles.Sideways, [ScanFiles.SidewaysJpeg], 0),
            ("0 g " + ScanFiles.Whole + "0 g 60 630 500 32 re f", [ScanFiles.Stencil], 0),   // the second line is blacked out
            (ScanFiles.Whole, [ScanFiles.Jbig2Symbols], 0));
        await using var pool = Extractors.Pool(options => options.Ocr = OcrEngine.Tesseract);
        Reading reading = await pool.ReadAsync(file);

        Assert.Null(reading.Reason);
        Assert.Equal((9, "A page with letters is not recognised."), (reading.Pages.Count, reading.Page(1).Text.Text.Trim()));
        Assert.Null(reading.Page(1).Scan);
        foreach (ExtractedPage page in reading.Pages.Skip(1))
        {
            Assert.True(page.Scan is { Confidence: > 80, Trouble: ScanTrouble.None }, $"page {page.Text.Number}: {page.Scan}, {page.Text.Text}");
            Assert.False(page.IsScan);
            Assert.Equal((612, 792), (page.Text.Width, page.Text.Height));
            bool blackened = page.Text.Number == 8;
            foreach (var (x, baseline, size, line) in ScanFiles.Lines.Where((_, i) => !(blackened && i == 1)))
            {
                Assert.Contains(line, page.Text.Text, StringComparison.Ordinal);
                foreach (string word in line.Split(' ').Where(word => word.Length > 3))
                {
                    IsPlaced(page.Text, word, x + Helvetica.Width(line[..line.IndexOf(word, StringComparison.Ordinal)], size), baseline, Helvetica.Width(word, size), size);
                }
            }

            Assert.Equal(!blackened, page.Text.Text.Contains("Spare parts", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task EveryWayToPackAScan_GivesTheEngineTheSamePicture()
    {
        StoredPicture[] ways = [ScanFiles.TwoLevel, ScanFiles.Lzw, ScanFiles.Runs, ScanFiles.Jbig2, ScanFiles.Jbig2Symbols];
        await using var pool = engine.Pool(EngineScript.Checksum);
        Reading reading = await pool.ReadAsync(ScanFiles.Build([.. ways.Select(way => (ScanFiles.Whole, (StoredPicture[])[way], 0))]));

        Assert.All(reading.Pages, page => Assert.True(page.Scan is { Trouble: ScanTrouble.None }, $"page {page.Text.Number}: {page.Scan}"));
        Assert.StartsWith("Checksum ", reading.Page(1).Text.Text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Repeat(reading.Page(1).Text.Text, ways.Length), reading.Pages.Select(page => page.Text.Text));
    }

    [Fact]
    public async Task FaintWords_AreKeptAndSaid_AndLaterPagesMove()
    {
        await using var pool = engine.Pool(EngineScript.Faint);
        byte[] file = ScanFiles.Build(ScanFiles.TextPage("Letters."), (ScanFiles.Whole, [ScanFiles.TwoLevel], 0), ScanFiles.TextPage("More."));
        Reading reading = await pool.ReadAsync(file);

        Assert.Equal(["Letters.\n", "faint\n", "More.\n"], reading.Pages.Select(page => page.Text.Text));
        Assert.Equal([0, 9, 15], reading.Pages.Select(page => page.Text.Start));
        Assert.True(reading.Page(2).Scan is { IsUnsure: true, Confidence: 41 });
        int at = reading.Page(3).Text.Start;
        Assert.Equal("More.", reading.TextOf(Assert.Single(reading.Page(3).Blocks)));
        Assert.All(TextLocator.Boxes(reading.Page(3).Text, at, at + 5), box => Assert.True(box is { X: > 70, Width: > 10 }));

        // As after a crash: the child does not know how much text was recognised before.
        Assert.Equivalent(reading.Pages.Skip(2), (await pool.ReadAsync(file, from: (3, 15))).Pages, strict: true);
    }

    [Theory]
    [InlineData("exit 127", nameof(ScanTrouble.EngineMissing), nameof(ScanTrouble.EngineMissing))]
    [InlineData("exec sleep 600", nameof(ScanTrouble.TimedOut), nameof(ScanTrouble.FileTimedOut))]
    public async Task AnEngineThatFails_CostsItsPagesOnly(string script, string first, string second)
    {
        await using var pool = engine.Pool(script, options => (options.OcrPageSeconds, options.OcrFileSeconds) = (1, 1));
        Reading reading = await pool.ReadAsync(ScanFiles.Build((ScanFiles.Whole, [ScanFiles.TwoLevel], 0), (ScanFiles.Whole, [ScanFiles.Jpeg], 0), ScanFiles.TextPage("Letters.")));

        Assert.Null(reading.Reason);
        Assert.Equal([first, second, null], reading.Pages.Select(page => page.Scan?.Trouble.ToString()));
        Assert.Equal([true, true, false], reading.Pages.Select(page => page.IsScan));
        Assert.Equal("Letters.\n", reading.Text);
    }

    [Fact]
    public async Task HostilePictures_AreNamedAndTheFileGoesOn()
    {
        byte[] hugeJpeg = [.. ScanFiles.Jpeg.Data];
        int size = hugeJpeg.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0, 0x00 }) + 5;
        (hugeJpeg[size], hugeJpeg[size + 2]) = (0x75, 0x75);   // about 30,000 by 30,000
        string pieces = string.Concat(Enumerable.Range(0, 30).Select(i => $"q 612 0 0 26.4 0 {i * 26.4} cm /Im1 Do Q "));
        await using var pool = engine.Pool("exit 1");
        Reading reading = await pool.ReadAsync(ScanFiles.Build(
            (ScanFiles.Whole, [ScanFiles.TwoLevel with { Entries = "/Width 100000/Height 100000/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode" }], 0),
            (ScanFiles.Whole, [new(ScanFiles.Pack(new byte[50_000_000]), "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode")], 0),
            (ScanFiles.Whole, [new(ScanFiles.Jpeg.Data[..100], ScanFiles.Jpeg.Entries)], 0),
            (ScanFiles.Whole, [new(hugeJpeg, ScanFiles.Jpeg.Entries)], 0),
            (ScanFiles.Whole, [new([1, 2, 3], "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode")], 0),
            (ScanFiles.Whole, [new([1, 2, 3], "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode")], 0),
            ("0 g " + pieces, [ScanFiles.Jpeg], 0),
            (ScanFiles.Whole, [new(Jbig2Files.Page(0, 30_000, 30_000), "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode")], 0),
            (ScanFiles.Whole, [new([.. Jbig2Files.Page(0, 100, 100), .. Jbig2Files.Segment(1, 22, [], [])], "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode")], 0),   // a halftone
            (ScanFiles.Whole, [new(ScanFiles.LzwOf(new byte[5_000_000]), "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/LZWDecode")], 0),
            (ScanFiles.Whole, [new([0x80, 0x0B, 0x60, 0x50, 0x22], "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/LZWDecode")], 0),   // no end
            (ScanFiles.Whole, [new([.. Enumerable.Repeat<byte[]>([129, 0], 100_000).SelectMany(pair => pair)], "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/RunLengthDecode")], 0),
            ScanFiles.TextPage("Letters.")));

        Assert.Null(reading.Reason);
        Assert.Equal(
            [
                ScanTrouble.TooLarge, ScanTrouble.TooLarge, ScanTrouble.Damaged, ScanTrouble.TooLarge, ScanTrouble.Damaged, ScanTrouble.Damaged, ScanTrouble.EngineFailed,
                ScanTrouble.TooLarge, ScanTrouble.NotDecoded, ScanTrouble.TooLarge, ScanTrouble.Damaged, ScanTrouble.TooLarge, null,
            ],
            reading.Pages.Select(page => page.Scan?.Trouble));
        Assert.Equal("Letters.\n", reading.Text);
    }

    [Fact]
    public async Task Cancel_WhileTheEngineHangs_EndsIt()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var pool = engine.Pool("exec sleep 600");
        byte[] file = ScanFiles.Build(ScanFiles.TextPage("Letters."), (ScanFiles.Whole, [ScanFiles.TwoLevel], 0));
        var sink = new CollectingSink(_ => cancel.CancelAfter(TimeSpan.FromMilliseconds(300)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.ExtractAsync(default, FileKind.Pdf, () => new MemoryStream(file), file.Length, sink, cancel.Token));
        Assert.Single(sink.Pages);
    }

    [Fact]
    public void APicture_WrittenAndRead_IsTheSame()
    {
        var picture = new ScanPicture(new byte[] { 1, 2, 3 }, new Placement(1, 2, 3, 4, 5, 6), 300, Upright: false, new PageBox(1, 2, 3, 4), [new PageBox(5, 6, 7, 8)]);
        ScanPicture copy = ScanPicture.Parse(picture.ToPayload());
        Assert.Equal(picture.File.ToArray(), copy.File.ToArray());
        Assert.Equal((picture.Place, picture.Dpi, picture.Upright, picture.Visible), (copy.Place, copy.Dpi, copy.Upright, copy.Visible));
        Assert.Equal(picture.Covers, copy.Covers);
        ScanPicture[] wrong = [picture with { Dpi = 0 }, picture with { Place = new(float.NaN, 0, 0, 0, 0, 0) }, picture with { Visible = new(0, 0, -1, 0) }, picture with { File = default }];
        Assert.All(wrong, bad => Assert.Throws<InvalidDataException>(() => ScanPicture.Parse(bad.ToPayload())));
    }

    private static void IsPlaced(PageText page, string word, double x, double baseline, double width, double size)
    {
        int at = page.Start + page.Text.IndexOf(word, StringComparison.Ordinal);
        PageBox box = Assert.Single(TextLocator.Boxes(page, at, at + word.Length));
        Assert.True(
            Math.Abs(box.X - x) < 3 && Math.Abs(box.Width - width) < 5 && Math.Abs(box.Y + box.Height - baseline) < 0.4 * size && box.Y < baseline - (0.4 * size) && box.Y > baseline - (1.1 * size),
            $"page {page.Number}, {word}: {box}, not at {x:0}, {baseline:0}, {width:0} wide");
    }
}
