using Rag.Retrieval.Knowledge;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>Where the words of Hebrew and Arabic lines stand. A letter takes 6 points and the line begins at 72.</summary>
public sealed class RightToLeftTests(PdfReadingTests.Warm warm) : IClassFixture<PdfReadingTests.Warm>
{
    private const float Letter = 6, Start = 72;

    [Theory]
    [InlineData("דברה לש 2023 תנשל חוד")]
    [InlineData("Docent 2.0 השדח תכרעמ")]
    [InlineData(".םולש 50% ,הלעמ Docent")]
    [InlineData("2023-ב חתפנ (םולש)")]
    public async Task Mark_OfEachWord_HasTheBoxOfThatWord(string seen)
    {
        PageText page = await PageAsync(seen);
        int at = 0;
        string[] shown = seen.Split(' ');
        foreach (string word in page.Text.TrimEnd('\n').Split(' '))
        {
            string turned = Sorted(word);
            int index = Array.FindIndex(shown, candidate => Sorted(candidate) == turned);
            PageBox box = Assert.Single(TextLocator.Boxes(page, at, at + word.Length));
            Assert.Equal(Start + (Letter * string.Join(' ', shown[..index]).Length) + (index > 0 ? Letter : 0), box.X, 0.1f);
            Assert.Equal(Letter * word.Length, box.Width, 0.1f);
            at += word.Length + 1;
        }
    }

    [Fact]
    public async Task Mark_OfNeighbours_IsOneBoxAndOfOthersTwo()
    {
        PageText page = await PageAsync("Docent 2.0 השדח תכרעמ");   // read: מערכת חדשה Docent 2.0
        Assert.Equal([(Start + (11 * Letter), 10 * Letter)], Boxes("מערכת חדשה"));
        Assert.Equal([(Start, 10 * Letter)], Boxes("Docent 2.0"));
        Assert.Equal([(Start, 6 * Letter), (Start + (11 * Letter), 4 * Letter)], Boxes("חדשה Docent"));
        Assert.Equal([(Start, 21 * Letter)], Boxes("מערכת חדשה Docent 2.0"));

        List<(float, float)> Boxes(string quote)
        {
            int at = page.Text.IndexOf(quote, StringComparison.Ordinal);
            return [.. TextLocator.Boxes(page, at, at + quote.Length).Select(box => (MathF.Round(box.X), MathF.Round(box.Width)))];
        }
    }

    /// <summary>What is not turned inside a word: its figures.</summary>
    [Theory]
    [InlineData("2023-ב חתפנ", "נפתח ב-2023")]
    [InlineData("50%-כ תודבוע", "עובדות כ-50%")]
    public async Task Figures_InsideAWord_KeepTheirOrder(string seen, string read) => Assert.Equal(read + "\n", (await PageAsync(seen)).Text);

    [Fact]
    public async Task LeftToRight_HasNoLeftEdges() => Assert.All((await PageAsync("Docent reads לארשי well")).Lines, line => Assert.Null(line.Lefts));

    private async Task<PageText> PageAsync(string seen) => (await warm.Pool.ReadAsync(PdfFiles.WithLetters(seen))).Pages[0].Text;

    private static string Sorted(string word) => string.Concat(word.Select(c => c switch { '(' or ')' => '|', _ => c }).Order());
}
