using System.Globalization;
using System.Text;
using Rag.Ingestion.Extraction.Flow;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Ocr;

/// <summary>
/// Turns Tesseract's table of words (its "tsv" output) into pages whose every character has a place. The program is not trusted: what is no
/// number is passed over, and boxes are cut to the page.
/// </summary>
internal static class TesseractTable
{
    /// <summary>Words that the engine itself hardly believes are specks of dust.</summary>
    private const double LeastConfidence = 25;

    /// <summary>A picture says no size on paper; it is drawn as wide as a page of A4, in points.</summary>
    private const float PageWidth = 595;

    private const int Columns = 12;

    public static List<ExtractedPage> Read(string table)
    {
        var pages = new List<ExtractedPage>();
        int start = 0;
        foreach (var page in table.Split('\n').Select(Row.Parse).OfType<Row>().GroupBy(row => row.Page).OrderBy(group => group.Key))
        {
            ExtractedPage read = Page(pages.Count + 1, start, [.. page]);
            start += read.Text.Text.Length;
            pages.Add(read);
        }

        return pages;
    }

    private static ExtractedPage Page(int number, int start, List<Row> rows)
    {
        Row? whole = rows.Find(row => row.Level == 1);
        (float width, float height) = whole is { Width: > 0, Height: > 0 } ? (whole.Width, whole.Height) : (PageWidth, PageWidth);
        float scale = PageWidth / width;
        var text = new StringBuilder();
        var lines = new List<TextLine>();
        var blocks = new List<TextBlock>();
        foreach (var paragraph in rows.Where(row => row.Level == 5 && row.Text.Length > 0 && row.Confidence >= LeastConfidence).GroupBy(row => (row.Block, row.Paragraph)))
        {
            text.Append(blocks.Count > 0 ? "\n" : "");
            int from = start + text.Length;
            foreach (var line in paragraph.GroupBy(row => row.Line))
            {
                text.Append(start + text.Length > from ? " " : "");
                lines.Add(Line([.. line], text, start, scale, width, height));
            }

            blocks.Add(new TextBlock(BlockKind.Paragraph, from, start + text.Length));
            text.Append('\n');
        }

        return new ExtractedPage(new PageText(number, null, PageWidth, height * scale, start, text.ToString(), lines), blocks) { IsScan = blocks.Count == 0 };
    }

    private static TextLine Line(List<Row> words, StringBuilder text, int start, float scale, float width, float height)
    {
        int from = text.Length;
        float left = Math.Clamp(words.Min(word => word.Left), 0, width), top = Math.Clamp(words.Min(word => word.Top), 0, height);
        float right = Math.Clamp(words.Max(word => word.Left + word.Width), left, width), bottom = Math.Clamp(words.Max(word => word.Top + word.Height), top, height);
        var edges = new List<float>();
        foreach (Row word in words)
        {
            float wordLeft = Math.Clamp(word.Left, left, right), wordRight = Math.Clamp(word.Left + word.Width, wordLeft, right);
            if (edges.Count > 0)
            {
                text.Append(' ');
                edges.Add(Math.Max(edges[^1], (wordLeft - left) * scale));
            }

            for (int i = 1; i <= word.Text.Length; i++)
            {
                // Each letter an equal share: the engine says where words stand, not letters.
                float edge = (wordLeft - left + ((wordRight - wordLeft) * i / word.Text.Length)) * scale;
                edges.Add(Math.Max(edges.Count > 0 ? edges[^1] : 0, edge));
            }

            text.Append(word.Text);
        }

        return new TextLine(start + from, text.Length - from, left * scale, top * scale, (right - left) * scale, (bottom - top) * scale, (bottom - top) * scale * 0.8f, false, [.. edges]);
    }

    private sealed record Row(int Level, int Page, int Block, int Paragraph, int Line, float Left, float Top, float Width, float Height, double Confidence, string Text)
    {
        /// <summary>Null for the head row and for what is no row.</summary>
        public static Row? Parse(string line)
        {
            string[] cells = line.TrimEnd('\r').Split('\t', Columns);
            Span<int> numbers = stackalloc int[10];
            for (int i = 0; i < numbers.Length; i++)
            {
                if (cells.Length < Columns || !int.TryParse(cells[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]))
                {
                    return null;
                }
            }

            return double.TryParse(cells[10], NumberStyles.Float, CultureInfo.InvariantCulture, out double confidence)
                ? new Row(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[6], numbers[7], Math.Max(0, numbers[8]), Math.Max(0, numbers[9]), confidence, FlowText.Fold(cells[11].Replace('\t', ' ')))
                : null;
        }
    }
}
