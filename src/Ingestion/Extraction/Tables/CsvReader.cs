using System.Globalization;
using Rag.Ingestion.Extraction.Flow;

namespace Rag.Ingestion.Extraction.Tables;

/// <summary>A .csv or .tsv file: every record a row under its column heads, some dozens of rows a page.</summary>
internal static class CsvReader
{
    private const int RowsOnAPage = 50;

    public static FlowDocument Read(byte[] file)
    {
        string text = TextDecoder.Decode(file);
        char delimiter = CsvRecords.DelimiterOf(text);
        var rows = CsvRecords.Read(text, delimiter)
            .Select(record => (record.Line, Cells: (IReadOnlyList<string>)[.. record.Cells.Select(FlowText.Fold)]))
            .Where(record => record.Cells.Any(cell => cell.Length > 0))
            .ToList();
        if (rows.Count == 0)
        {
            return new FlowDocument(null, []);
        }

        bool header = rows[0].Cells.Count <= TableHeader.MostColumns && TableHeader.IsHeader(rows[0].Cells, rows.Count > 1 ? rows[1].Cells : null);
        string? caption = TableHeader.Caption(null, header ? rows[0].Cells : null);
        int width = header ? rows[0].Cells.Count : 0;
        var pages = new List<FlowPage>();
        for (int first = 0, next; first < rows.Count; first = next)
        {
            var builder = new FlowBuilder();
            int length = 0;
            for (next = first; next < rows.Count && next - first < RowsOnAPage && (next == first || length < FlowPaginator.PageLength); next++)
            {
                IReadOnlyList<string> cells = rows[next].Cells;
                length += cells.Sum(cell => cell.Length + 1);
                builder.Row(cells.Count < width ? [.. cells, .. Enumerable.Repeat("", width - cells.Count)] : cells, caption);
            }

            pages.Add(new FlowPage(Label(rows[first].Line, rows[next - 1].Line), builder.Blocks));
        }

        return new FlowDocument(null, pages);
    }

    private static string Label(int first, int last) =>
        first == last ? string.Create(CultureInfo.InvariantCulture, $"row {first}") : string.Create(CultureInfo.InvariantCulture, $"rows {first}–{last}");
}
