using Rag.Ingestion.Extraction.Layout;

namespace Rag.Ingestion.Extraction.Tables;

/// <summary>Whether the first row of a table names its columns, and the caption that is repeated with every row.</summary>
internal static class TableHeader
{
    /// <summary>The widest table whose heads are said with every row, and whose short rows are filled up.</summary>
    public const int MostColumns = 1_024;

    private const int LongestHead = 60;

    /// <summary>Words in nearly every column, no two alike, no figures.</summary>
    /// <param name="second">The row after it; null when there is none.</param>
    public static bool IsHeader(IReadOnlyList<string> first, IReadOnlyList<string>? second)
    {
        var named = first.Where(cell => cell.Length > 0).ToList();
        return second is not null && first.Count > 1 && named.Count >= Math.Max(2, first.Count * 0.6)
            && named.TrueForAll(cell => cell.Length <= 2 * LongestHead && cell.Any(char.IsLetter) && !CellText.IsFigure(cell))
            && named.Distinct(StringComparer.OrdinalIgnoreCase).Count() == named.Count;
    }

    /// <param name="title">Of the table; null where it has none.</param>
    /// <param name="heads">Null where the columns have no names.</param>
    public static string? Caption(string? title, IReadOnlyList<string>? heads)
    {
        string? columns = heads is null || heads.Count > MostColumns ? null : string.Join(" | ", heads.Select(head => Flow.FlowText.Head(head.Replace('|', '/').Replace('\n', ' '), LongestHead)));
        return title is { Length: > 0 } ? columns is null ? title : $"{title}\n{columns}" : columns;
    }

    /// <summary>Several rows of heads become one: "2023 Revenue".</summary>
    public static string[] Join(IReadOnlyList<IReadOnlyList<string>> rows, int heads) =>
    [
        .. Enumerable.Range(0, rows.Max(row => row.Count)).Select(column =>
            string.Join(' ', rows.Take(heads).Select(row => column < row.Count ? row[column] : "").Where(cell => cell.Length > 0).Distinct())),
    ];
}
