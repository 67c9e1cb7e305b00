using System.Globalization;
using Rag.Ingestion.Extraction.Flow;

namespace Rag.Ingestion.Extraction.Tables;

/// <summary>A .csv or .tsv file: every record a row under its column heads, some dozens of rows a page.</summary>
internal static class CsvReader
{
    private const int RowsOnAPage = 50;

    /// <summary>Rows that may stand above a table: what it is, whose, of when.</summary>
    private const int MostRowsAbove = 15;

    public static FlowDocument Read(byte[] file)
    {
        string text = TextDecoder.Decode(file);
        (char delimiter, int skipped) = CsvRecords.Said(text) is { } said ? (said, 1) : (CsvRecords.DelimiterOf(text), 0);
        var rows = CsvRecords.Read(text, delimiter).Skip(skipped)
            .Select(record => (record.Line, Cells: (IReadOnlyList<string>)[.. record.Cells.Select(FlowText.Fold)]))
            .Where(record => record.Cells.Any(cell => cell.Length > 0))
            .ToList();
        if (rows.Count == 0)
        {
            return new FlowDocument(null, []);
        }

        int table = Table(rows.ConvertAll(row => row.Cells));
        IReadOnlyList<string>[] top = [.. rows.Skip(table).Take(3).Select(row => row.Cells)];
        int headRows = top[0].Count <= TableHeader.MostColumns ? TableHeader.Count(top) : 0;
        string? heads = TableHeader.Caption(null, headRows > 0 ? TableHeader.Join(top[..headRows], headRows) : null);
        int width = headRows > 0 ? top[0].Count : 0;
        var pages = new List<FlowPage>();
        for (int first = 0, next; first < rows.Count; first = next)
        {
            var builder = new FlowBuilder();
            int length = 0;
            for (next = first; next < rows.Count && next - first < RowsOnAPage && (next == first || length < FlowPaginator.PageLength); next++)
            {
                IReadOnlyList<string> cells = rows[next].Cells;
                length += cells.Sum(cell => cell.Length + 1);
                bool above = next < table;
                builder.Row(cells.Count < width && !above ? [.. cells, .. Enumerable.Repeat("", width - cells.Count)] : cells, above ? null : heads);
            }

            pages.Add(new FlowPage(Label(rows[first].Line, rows[next - 1].Line), builder.Blocks));
        }

        return new FlowDocument(null, pages);
    }

    /// <summary>The row with which the table begins: the first that is as wide as most are. Exports put their title and dates above it.</summary>
    private static int Table(List<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. rows.Take(10 * MostRowsAbove).Select(Width)];
        int usual = widths.GroupBy(width => width).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;
        int first = Array.FindIndex(widths, width => width >= usual);
        return first <= MostRowsAbove && first < rows.Count - 1 ? first : 0;
    }

    private static int Width(IReadOnlyList<string> cells)
    {
        int width = cells.Count;
        while (width > 0 && cells[width - 1].Length == 0)
        {
            width--;
        }

        return width;
    }

    private static string Label(int first, int last) =>
        first == last ? string.Create(CultureInfo.InvariantCulture, $"row {first}") : string.Create(CultureInfo.InvariantCulture, $"rows {first}–{last}");
}
