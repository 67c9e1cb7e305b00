using Rag.Retrieval.Knowledge;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>Notes at the foot of a page or column come after its text; what only looks like them stays where it is.</summary>
public sealed class FootnoteTests(PdfReadingTests.Warm warm) : IClassFixture<PdfReadingTests.Warm>
{
    private const double Left = 60, Right = 316, Width = 236, Pitch = 13, NotePitch = 9.6;
    private const string FirstNote = "The survey of that year counted only what the stores had signed for, and its figures were corrected twice in the years after it was printed.";
    private const string SecondNote = "Private letter.";

    private readonly SeededProse prose = new(31);

    [Fact]
    public async Task OneColumn_NoteOfSeveralLines_ComesAfterTheText()
    {
        var page = new PdfCanvas();
        string text = prose.Paragraph(6), more = prose.Paragraph(8);
        double y = Body(page, Left, 90, 492, text, call: "1");
        y = Body(page, Left, y + 8, 492, more);
        Note(page, Left, y + 14, 300, "1", FirstNote);
        Assert.Equal($"{text}1\n\n{more}\n\n1 {FirstNote}\n", await TextAsync(page));
    }

    /// <summary>The sentence that the columns part goes on as if the notes were not there.</summary>
    [Fact]
    public async Task TwoColumns_NotesUnderBoth_ComeAfterTheTextInOrder()
    {
        var page = new PdfCanvas();
        (string text, string lower, string upper) = BrokenAt(20);
        Body(page, Left, 90, Width, lower);
        Body(page, Right, 90, Width, upper, call: "2");
        double y = Note(page, Left, 520, Width, "1", FirstNote);
        Note(page, Right, 520 + NotePitch, Width, "2", SecondNote);
        Assert.True(y > 520 + (3 * NotePitch) - 1);
        Assert.Equal($"{text}2\n\n1 {FirstNote}\n\n2 {SecondNote}\n", await TextAsync(page));
    }

    /// <summary>Lines of the note stand level with lines of the other column's text.</summary>
    [Fact]
    public async Task TwoColumns_NoteUnderTheLeftOnly_ComesAfterTheRight()
    {
        var page = new PdfCanvas();
        (string text, string lower, string upper) = BrokenAt(20);
        Body(page, Left, 90, Width, lower);
        Body(page, Right, 90, Width, upper);
        double y = 90 + (21.4 * Pitch);
        page.Text(Left, y, "* " + Helvetica.Wrap(FirstNote, 8, Width - 8)[0], 8);
        page.Text(Left, y + NotePitch, "and so on.", 8);
        string read = await TextAsync(page);
        Assert.StartsWith(text, read, StringComparison.Ordinal);
        Assert.EndsWith($"\n\n* {Helvetica.Wrap(FirstNote, 8, Width - 8)[0]} and so on.\n", read, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MarkFarFromItsNote_BeginsItAllTheSame()
    {
        var page = new PdfCanvas();
        string text = prose.Paragraph(9);
        double y = Body(page, Left, 90, 492, text, call: "9,10");
        y = Note(page, Left, y + 14, 300, "9", FirstNote);
        page.Text(Left, y - 2.5, "10", 5.6);
        page.Text(Left + 40, y, "Apart.", 8);
        Assert.Equal($"{text}9,10\n\n9 {FirstNote}\n\n10 Apart.\n", await TextAsync(page));
    }

    [Fact]
    public async Task Notes_BelowEachOther_AreBlocksWithTheirPlaces()
    {
        var page = new PdfCanvas();
        string text = prose.Paragraph(9);
        Body(page, Left, 90, 492, text, call: "1,2");
        double y = Note(page, Left, 640, 300, "1", FirstNote);
        Note(page, Left, y, 300, "2", SecondNote);
        page.Text(300, 760, "7");
        Reading reading = await warm.Pool.ReadAsync(PdfFiles.Build([page]));
        Assert.Contains($"\n\n1 {FirstNote}\n\n2 {SecondNote}\n", reading.Text, StringComparison.Ordinal);

        int at = reading.Text.IndexOf("Private", StringComparison.Ordinal);
        PageBox box = Assert.Single(TextLocator.Boxes(reading.Pages[0].Text, at, at + "Private".Length));
        Assert.Equal(Left + 4, box.X, 1f);   // it begins where the mark ends
        Assert.Equal(Helvetica.Width("Private", 8), box.Width, 1.0);
        Assert.InRange(y, box.Y, box.Y + box.Height);
    }

    public static TheoryData<string, double, string[]> LooksLikeNotes => new()
    {
        { "a numbered list of the text's size", 10, ["1. The first of the points", "2. The second of the points", "3. The last of the points"] },
        { "a small numbered list", 8, ["1. The first of the points", "2. The second of the points", "3. The last of the points"] },
        { "a small list of stars", 8, ["* The first of the points", "* The second of the points", "* The last of the points"] },
        { "numbered lines of a program", 8, ["1 let total be nothing", "2 add each line to total", "3 give back the total"] },
        { "small print without a mark", 8, ["All rights reserved. No part of this may be stored", "in any form without a letter from the board."] },
        { "a caption", 8, ["Figure 1 The stores in the year of the flood, seen", "from the northern bank of the river."] },
    };

    [Theory]
    [MemberData(nameof(LooksLikeNotes))]
    public async Task FootOfTheLeftColumn_WithoutNotes_IsReadBeforeTheRight(string what, double size, string[] lines)
    {
        var page = new PdfCanvas();
        Columns(page, out string left, out string right);
        for (int i = 0; i < lines.Length; i++)
        {
            page.Text(Left, 520 + (i * 12), lines[i], size);
        }

        AssertOrder(await TextAsync(page), what, left, lines[0], lines[^1], right);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(8)]
    public async Task TableAtTheFoot_WithItsNotes_StaysInItsColumn(double size)
    {
        var page = new PdfCanvas();
        Columns(page, out string left, out string right);
        for (int i = 0; i < 4; i++)
        {
            page.Text(Left, 500 + (i * 12), $"{i + 1} Northern depots", size).TextRight(200, 500 + (i * 12), $"{(37 * i) + 112}", size).TextRight(280, 500 + (i * 12), $"{(53 * i) + 204}", size);
        }

        Note(page, Left, 562, Width, "1", SecondNote);
        string read = await TextAsync(page);
        AssertOrder(read, "rows", left, "4 Northern depots\t223\t363", SecondNote, right);
    }

    [Fact]
    public async Task PageOfSmallPrint_IsReadAsItStands()
    {
        var page = new PdfCanvas();
        string left = prose.Paragraph(8), right = prose.Paragraph(9);
        PdfFiles.Paragraph(page, Left, 90, Width, left, 7, 9);
        Note(page, Left, 520, Width, "1", FirstNote, size: 7);
        PdfFiles.Paragraph(page, Right, 90, Width, right, 7, 9);
        AssertOrder(await TextAsync(page), "small print", left, FirstNote, right);
    }

    [Fact]
    public async Task ManySmallPiecesAtTheFoot_AreReadInLittleTime()
    {
        var page = new PdfCanvas();
        Body(page, Left, 60, 492, prose.Paragraph(6));
        for (int i = 0; i < 4_000; i++)
        {
            page.Text(20 + (i % 40 * 14), 300 + (i / 40 * 4.5), $"{i % 9} ab", 3.5);
        }

        Assert.Contains("ab", await TextAsync(page), StringComparison.Ordinal);
    }

    private async Task<string> TextAsync(PdfCanvas page) => (await warm.Pool.ReadAsync(PdfFiles.Build([page]))).Text;

    private void Columns(PdfCanvas page, out string left, out string right)
    {
        (left, right) = (prose.Paragraph(8), prose.Paragraph(9));
        Body(page, Left, 90, Width, left);
        Body(page, Right, 90, Width, right);
    }

    private static void AssertOrder(string read, string what, params string[] parts)
    {
        int at = 0;
        foreach (string part in parts)
        {
            int found = read.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"{what}: '{part}' is not where it belongs in: {read}");
            at = found + part.Length;
        }
    }

    /// <summary>A text and its two halves, parted within a sentence before a word in small letters.</summary>
    private (string Text, string Lower, string Upper) BrokenAt(int lines)
    {
        string text = prose.Paragraph(22);
        IReadOnlyList<string> all = Helvetica.Wrap(text, 10, Width);
        int at = lines;
        while (!char.IsLower(all[at][0]) || all[at - 1][^1] == '.')
        {
            at++;
        }

        return (text, string.Join(' ', all.Take(at)), string.Join(' ', all.Skip(at)));
    }

    /// <returns>The baseline after the last.</returns>
    private static double Body(PdfCanvas page, double x, double y, double width, string text, string? call = null)
    {
        double end = PdfFiles.Paragraph(page, x, y, width, text, 10, Pitch);
        if (call is not null)
        {
            page.Text(x + Helvetica.Width(Helvetica.Wrap(text, 10, width)[^1], 10) + 0.3, end - Pitch - 3.5, call, 6);
        }

        return end;
    }

    /// <inheritdoc cref="Body"/>
    private static double Note(PdfCanvas page, double x, double y, double width, string mark, string text, double size = 8)
    {
        page.Text(x, y - 2.5, mark, size * 0.7);
        return PdfFiles.Paragraph(page, x + 4, y, width - 4, text, size, NotePitch);
    }
}
