using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>Streams that a child, or a broken pipe, could hand to the other side: each ends as frames, as an end of the stream, or as one kind of exception.</summary>
public sealed class ProtocolFuzzTests
{
    private const int Rounds = 20_000;

    private static readonly ScanPicture Picture = new(new byte[50], new Placement(0, 0, 612, 0, 0, 792), 300, Upright: true, new PageBox(0, 0, 612, 792), [new PageBox(1, 2, 3, 4)]);

    [Fact]
    public async Task FramesOfAChild_CutAndChanged_AreReadOrRefused()
    {
        byte[] good = Stream(
            new Frame(FrameKind.Hello, [Frame.Version]), new Frame(FrameKind.Begin, PageCodec.Begin("A title", 2)), new Frame(FrameKind.Page, PageCodec.Page(PageOf(1, 0))),
            new Frame(FrameKind.Picture, Picture.ToPayload()), new Frame(FrameKind.Page, PageCodec.Page(PageOf(2, 7))), new Frame(FrameKind.Done, []));
        var random = new Random(11);
        int whole = 0, refused = 0, cut = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using var pipe = new MemoryStream(Change(good, random));
            try
            {
                int frames = 0, start = 0;
                while (await Frame.ReadFromAsync(pipe, TestContext.Current.CancellationToken) is { } frame)
                {
                    frames++;
                    switch (frame.Kind)
                    {
                        case FrameKind.Begin:
                            PageCodec.ReadBegin(frame.Payload);
                            break;
                        case FrameKind.Page:
                            start += PageCodec.ReadPage(frame.Payload, start == 0 ? 1 : 2, start).Text.Text.Length;
                            break;
                        case FrameKind.Picture:
                            ScanPicture picture = ScanPicture.Parse(frame.Payload);
                            Assert.True(picture is { File.Length: > 0, Dpi: > 0, Covers.Count: <= ScanPicture.MostCovers });
                            break;
                    }
                }

                (whole, cut) = frames == 6 ? (whole + 1, cut) : (whole, cut + 1);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(whole > 100 && refused > 1_000 && cut > 1_000, $"{whole} whole, {refused} refused, {cut} cut");
    }

    [Fact]
    public void RequestsOfAParent_CutAndChanged_AreReadOrRefused()
    {
        byte[] good = Stream((new ExtractRequest(FileKind.Pdf, 100, 1, 5_000) { Pictures = true }).ToFrame());
        var random = new Random(12);
        int read = 0, refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using var pipe = new MemoryStream(Change(good, random));
            try
            {
                while (Frame.ReadFrom(pipe) is { } frame)
                {
                    ExtractRequest request = ExtractRequest.Parse(frame.Payload);
                    Assert.True(request is { MaxPages: > 0, FirstPage: > 0, Length: >= 0 });
                    read++;
                }
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(read > 1_000 && refused > 1_000, $"{read} read, {refused} refused");
    }

    /// <summary>Nine bytes that promise 64 MiB must not take them.</summary>
    [Fact]
    public void Header_ThatPromisesMuch_TakesLittle()
    {
        byte[] header = Stream(new Frame(FrameKind.Page, []));
        BitConverter.TryWriteBytes(header.AsSpan(5), Frame.MaxPayload);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(Frame.ReadFrom(new MemoryStream(header)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
    }

    private static ExtractedPage PageOf(int number, int start) =>
        new(new PageText(number, null, 612, 792, start, "A line\n", [new(start, 6, 72, 100, 30, 10, 10, false, [5, 10, 15, 20, 25, 30])]), [new(BlockKind.Paragraph, start, start + 6, 0)]);

    private static byte[] Stream(params Frame[] frames)
    {
        using var pipe = new MemoryStream();
        Array.ForEach(frames, frame => frame.WriteTo(pipe));
        return pipe.ToArray();
    }

    private static byte[] Change(byte[] good, Random random)
    {
        byte[] bad = [.. good.AsSpan(0, random.Next(3) == 0 ? random.Next(good.Length) : good.Length)];
        for (int flips = random.Next(4); flips > 0 && bad.Length > 0; flips--)
        {
            bad[random.Next(bad.Length)] = (byte)random.Next(256);
        }

        return bad;
    }
}
