using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>Pictures by a stand-in for the engine, a script that answers in its format: the engine itself is not part of the tests.</summary>
public sealed class PictureTests : IDisposable
{
    private const string Table = """
        level	page_num	block_num	par_num	line_num	word_num	left	top	width	height	conf	text
        1	1	0	0	0	0	0	0	1190	1684	-1	
        5	1	1	1	1	1	100	200	200	40	96.5	The
        5	1	1	1	1	2	320	200	300	40	91.0	warranty
        5	1	1	1	2	1	100	260	180	40	95.0	ends.
        5	1	1	1	2	2	900	260	10	10	3.0	~
        5	1	2	1	1	1	100	400	180	40	95.0	Second
        1	2	0	0	0	0	0	0	1190	1684	-1	
        5	2	1	1	1	1	-50	1600	5000	400	95.0	Wide
        """;

    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13];

    private readonly string folder = Directory.CreateTempSubdirectory("docent-ocr").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Words_KeepTheirPlacesOnThePage()
    {
        var pages = TesseractTable.Read(Table);

        Assert.Equal(["The warranty ends.\n\nSecond\n", "Wide\n"], pages.Select(page => page.Text.Text));
        Assert.Equal((595f, 842f), (pages[0].Text.Width, pages[0].Text.Height));
        Assert.Equal(27, pages[1].Text.Start);
        int word = pages[0].Text.Text.IndexOf("warranty", StringComparison.Ordinal);
        Assert.Equal([new PageBox(160, 100, 150, 20)], TextLocator.Boxes(pages[0].Text, word, word + "warranty".Length).Select(Rounded));
        TextLine wide = Assert.Single(pages[1].Text.Lines);
        Assert.True(wide is { X: 0 } && wide.X + wide.Width <= 595 && wide.Y + wide.Height <= 842, "cut to the page");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no table at all\n\0\t\t\t")]
    [InlineData("5\t1\t1\t1\t1\t1\tx\t2\t3\t4\t5\tword")]
    public void WhatIsNoTable_HasNoPages(string output) => Assert.Empty(TesseractTable.Read(output));

    [Fact]
    public async Task APicture_IsReadByTheEngine()
    {
        if (Script($"cat > /dev/null; cat <<'END'\n{Table}\nEND") is not { } command)
        {
            return;   // no shell to write the stand-in in
        }

        await using var pool = Extractors.Pool(options => (options.Ocr, options.OcrCommand) = (OcrEngine.Tesseract, command));
        Reading reading = await pool.ReadAsync(Png, "scan.png");

        Assert.Null(reading.Reason);
        Assert.Equal("The warranty ends.\n\nSecond\nWide\n", reading.Text);
    }

    [Theory]
    [InlineData("exit 1", RefusalReason.Damaged)]
    [InlineData("exec sleep 600", RefusalReason.TimedOut)]
    [InlineData("exec yes 'a flood of words that never ends'", RefusalReason.TimedOut)]
    public async Task AnEngineThatFails_EndsTheFileAndNothingElse(string script, RefusalReason reason)
    {
        if (Script(script) is not { } command)
        {
            return;
        }

        await using var pool = Extractors.Pool(options => (options.Ocr, options.OcrCommand, options.OcrPageSeconds) = (OcrEngine.Tesseract, command, 1));
        RefusalReason? seen = (await pool.ReadAsync(Png, "scan.png")).Reason;
        Assert.True(seen == reason || (script.Contains("yes", StringComparison.Ordinal) && seen == RefusalReason.TooLarge), seen.ToString());
    }

    [Fact]
    public async Task AMissingEngine_SaysThatPicturesAreNotRead()
    {
        await using var pool = Extractors.Pool(options => (options.Ocr, options.OcrCommand) = (OcrEngine.Tesseract, Path.Combine(folder, "no-such-program")));
        Assert.Equal(RefusalReason.OcrOff, (await pool.ReadAsync(Png, "scan.png")).Reason);
    }

    private static PageBox Rounded(PageBox box) => new(MathF.Round(box.X), MathF.Round(box.Y), MathF.Round(box.Width), MathF.Round(box.Height));

    private string? Script(string body)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        string path = Path.Combine(folder, "engine");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
