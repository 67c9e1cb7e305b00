using System.Globalization;
using Rag.Ingestion.Extraction.Flow;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Ocr;

/// <summary>
/// Reads Tesseract's table of words (its "tsv" output). The program is not trusted: what is no number is passed over, and boxes are cut to the picture.
/// </summary>
internal static class TesseractTable
{
    /// <summary>Words that the engine itself hardly believes are specks of dust.</summary>
    private const double LeastConfidence = 25;

    /// <summary>A picture says no size on paper; it is drawn as wide as a page of A4, in points.</summary>
    private const float PageWidth = 595;

    private const int Columns = 12;

    /// <summary>Pages of a file that is a picture.</summary>
    public static List<ExtractedPage> Read(string table)
    {
        var pages = new List<ExtractedPage>();
        int start = 0;
        foreach (var page in Rows(table).GroupBy(row => row.Page).OrderBy(group => group.Key))
        {
            List<Row> rows = [.. page];
            (float width, float height) = Size(rows);
            float scale = PageWidth / width;
            IEnumerable<OcrWord> words = Words(rows, width, height).Select(word => word with { Box = new(word.Box.X * scale, word.Box.Y * scale, word.Box.Width * scale, word.Box.Height * scale) });
            ExtractedPage read = OcrText.Compose(new PageText(pages.Count + 1, null, PageWidth, height * scale, start, "", []), [.. words]);
            start += read.Text.Text.Length;
            pages.Add(read);
        }

        return pages;
    }

    /// <summary>Words of the first page in pixels from the top left corner, and the size of the picture as the engine saw it.</summary>
    /// <returns>Null when this is no table.</returns>
    public static (List<OcrWord> Words, float Width, float Height)? ReadWords(string table)
    {
        List<Row> rows = [.. Rows(table).Where(row => row.Page == 1)];
        if (rows.Find(row => row.Level == 1) is null)
        {
            return null;
        }

        (float width, float height) = Size(rows);
        return (Words(rows, width, height), width, height);
    }

    private static IEnumerable<Row> Rows(string table) => table.Split('\n').Select(Row.Parse).OfType<Row>();

    private static (float Width, float Height) Size(List<Row> rows) =>
        rows.Find(row => row.Level == 1) is { Width: > 0, Height: > 0 } whole ? (whole.Width, whole.Height) : (PageWidth, PageWidth);

    private static List<OcrWord> Words(List<Row> rows, float width, float height)
    {
        var words = new List<OcrWord>();
        foreach (Row row in rows.Where(row => row.Level == 5 && row.Text.Length > 0 && row.Confidence >= LeastConfidence))
        {
            float left = Math.Clamp(row.Left, 0, width), top = Math.Clamp(row.Top, 0, height);
            float right = Math.Clamp(row.Left + row.Width, left, width), bottom = Math.Clamp(row.Top + row.Height, top, height);
            words.Add(new OcrWord((0, row.Block, row.Paragraph), row.Line, new PageBox(left, top, right - left, bottom - top), Math.Min(row.Confidence, 100), row.Text));
        }

        return words;
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

            return double.TryParse(cells[10], NumberStyles.Float, CultureInfo.InvariantCulture, out double confidence) && !double.IsNaN(confidence)
                ? new Row(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[6], numbers[7], Math.Max(0, numbers[8]), Math.Max(0, numbers[9]), confidence, FlowText.Fold(cells[11].Replace('\t', ' ')))
                : null;
        }
    }
}
