using Rag.Ingestion.Extraction.Isolation;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>Titles beside page numbers, as books set them, against headings that happen to begin with a number.</summary>
public sealed class RunningTitleTests
{
    private static readonly string[] Sections = ["1.1. Scope", "Chapter 1. Works", "1.3. Stores and yards", "Chapter 1. Works", "2.1. Rents", "Chapter 2. Dues"];

    [Fact]
    public async Task TitlesThatChangeFromPageToPage_AreDropped_AndTheNumbersBesideThemAreLabels()
    {
        var prose = new SeededProse(5);
        string[] text = [.. Sections.Select(_ => prose.Paragraph(6))];
        Reading reading = await ReadAsync(text.Select((paragraph, i) => i % 2 == 0
            ? Page(paragraph).Text(72, 756, Sections[i], size: 9).TextRight(540, 756, $"{i + 9}", size: 9)
            : Page(paragraph).Text(72, 756, $"{i + 9}", size: 9).TextRight(540, 756, Sections[i], size: 9)));
        Assert.Equal(text.Select(paragraph => paragraph + "\n"), reading.Pages.Select(page => page.Text.Text));
        Assert.Equal(["9", "10", "11", "12", "13", "14"], reading.Pages.Select(page => page.Text.Label));
    }

    [Fact]
    public async Task RomanNumbers_AreDropped_AndAreLabels()
    {
        var prose = new SeededProse(6);
        string[] numbers = ["viii", "ix", "x", "xi"];
        string[] text = [.. numbers.Select(_ => prose.Paragraph(6))];
        Reading reading = await ReadAsync(text.Select((paragraph, i) => Page(paragraph).Text(300, 756, numbers[i], size: 9)));
        Assert.Equal(text.Select(paragraph => paragraph + "\n"), reading.Pages.Select(page => page.Text.Text));
        Assert.Equal(numbers, reading.Pages.Select(page => page.Text.Label));
    }

    [Fact]
    public async Task NumberedHeadings_AtTheHeadOfEachPage_Stay()
    {
        var prose = new SeededProse(8);
        string[] headings = ["1", "2", "3", "4", "5"];
        Reading reading = await ReadAsync(headings.Select(number =>
        {
            string title = prose.Heading();
            return Page(prose.Paragraph(6)).Text(72, 60, number, size: 14, bold: true).Text(95, 60, title, size: 14, bold: true);
        }));
        Assert.All(reading.Pages, page => Assert.Matches($@"^{page.Text.Number}\s\p{{Lu}}", page.Text.Text));
    }

    private static PdfCanvas Page(string paragraph)
    {
        var page = new PdfCanvas();
        PdfFiles.Paragraph(page, 72, 120, 468, paragraph);
        return page;
    }

    private static async Task<Reading> ReadAsync(IEnumerable<PdfCanvas> pages)
    {
        await using ExtractorPool pool = Extractors.Pool();
        return await pool.ReadAsync(PdfFiles.Build(pages));
    }
}
