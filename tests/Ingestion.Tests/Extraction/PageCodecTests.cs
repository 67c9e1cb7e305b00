using System.Text;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>The parent believes nothing that a child writes.</summary>
public sealed class PageCodecTests
{
    private static readonly ExtractedPage Page = new(
        new PageText(3, "iii", 612, 792, 100, "Head\n\nA line\n", [new(100, 4, 72, 80, 20, 12, 14, true, [5, 10, 15, 20]), new(106, 6, 72, 100, 30, 10, 10, false, [30, 25, 20, 15, 10, 5]) { Lefts = [25, 20, 15, 10, 5, 0] }]),
        [new(BlockKind.Heading, 100, 104, 7), new(BlockKind.TableRow, 106, 112, 0, "Caption")])
    {
        IsScan = true,
        Scan = new(88, ScanTrouble.TooLarge),
        Hidden = [new(3, HiddenTextKind.Tiny, "under the rug", new PageBox(1, 2, 3, 4)), new(3, HiddenTextKind.Marked, "in the file", null)],
    };

    [Fact]
    public void Page_WrittenAndRead_IsTheSame()
    {
        ExtractedPage copy = PageCodec.ReadPage(PageCodec.Page(Page), 3, 100);
        Assert.Equivalent(Page, copy, strict: true);
    }

    [Fact]
    public void Page_OutOfTurn_IsRefused() => Assert.Throws<InvalidDataException>(() => PageCodec.ReadPage(PageCodec.Page(Page), 4, 100));

    /// <summary>The parent knows how much text stands before it; the child may not.</summary>
    [Fact]
    public void Page_ReadAtAnotherStart_MovesWhole()
    {
        ExtractedPage moved = PageCodec.ReadPage(PageCodec.Page(Page), 3, 40);
        Assert.Equal((40, 40, 46), (moved.Text.Start, moved.Text.Lines[0].Start, moved.Text.Lines[1].Start));
        Assert.Equal([(40, 44), (46, 52)], moved.Blocks.Select(block => (block.Start, block.End)));
        Assert.Throws<InvalidDataException>(() => PageCodec.ReadPage(PageCodec.Page(Page), 3, int.MaxValue - 3));
    }

    [Fact]
    public void Page_WithRangesOutsideItsText_IsRefused()
    {
        ExtractedPage[] wrong =
        [
            Page with { Blocks = [new(BlockKind.Paragraph, 100, 114)] },
            Page with { Blocks = [new(BlockKind.Paragraph, 99, 103)] },
            Page with { Blocks = [new(BlockKind.Paragraph, 105, 104)] },
            Page with { Text = Page.Text with { Lines = [new(100, int.MaxValue, 0, 0, 0, 0, 0, false, [])] } },
            Page with { Text = Page.Text with { Lines = [new(100, 4, float.NaN, 0, 0, 0, 0, false, [])] } },
            Page with { Text = Page.Text with { Lines = [new(100, 4, 0, 0, 0, 0, 0, false, [1, 2])] } },
            Page with { Text = Page.Text with { Lines = [new(100, 2, 0, 0, 0, 0, 0, false, [1, 2]) { Lefts = [1] }] } },
            Page with { Text = Page.Text with { Lines = [new(100, 2, 0, 0, 0, 0, 0, false, [1, 2]) { Lefts = [1, float.NaN] }] } },
            Page with { Text = Page.Text with { Lines = [new(100, 2, 0, 0, 0, 0, 0, false, [1, 2]) { Lefts = [-1, 1] }] } },
            Page with { Text = Page.Text with { Width = -1 } },
            Page with { Scan = new(101, ScanTrouble.None) },
            Page with { Scan = new(0, (ScanTrouble)99) },
            Page with { Hidden = [new(3, (HiddenTextKind)99, "x", null)] },
            Page with { Hidden = [new(3, HiddenTextKind.Tiny, "x", new PageBox(0, float.NaN, 1, 1))] },
        ];
        Assert.All(wrong, page => Assert.Throws<InvalidDataException>(() => PageCodec.ReadPage(PageCodec.Page(page), 3, 100)));
    }

    [Fact]
    public void Bytes_ChangedAtRandom_AreReadOrRefusedAndNothingElse()
    {
        byte[] good = PageCodec.Page(Page);
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 5_000; i++)
        {
            byte[] bad = [.. good.AsSpan(0, random.Next(2) == 0 ? good.Length : random.Next(good.Length))];
            for (int flips = random.Next(1, 4); flips > 0 && bad.Length > 0; flips--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                PageCodec.ReadPage(bad, 3, 100);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 2_500, 5_000);
    }

    [Fact]
    public async Task Pipe_WithNoise_IsRefusedBeforeMemoryIsTaken()
    {
        byte[] huge = [0x44, 0x43, 0x54, 0x31, (byte)FrameKind.Page, 0xFF, 0xFF, 0xFF, 0x7F];
        await Assert.ThrowsAsync<InvalidDataException>(() => Frame.ReadFromAsync(new MemoryStream(huge), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => Frame.ReadFromAsync(new MemoryStream(Encoding.ASCII.GetBytes("noise noise noise")), CancellationToken.None));
        Assert.Null(await Frame.ReadFromAsync(new MemoryStream(huge[..5]), CancellationToken.None));
    }
}
