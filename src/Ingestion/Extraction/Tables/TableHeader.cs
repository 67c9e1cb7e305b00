using System.Text.RegularExpressions;
using Rag.Ingestion.Extraction.Layout;

namespace Rag.Ingestion.Extraction.Tables;

/// <summary>Whether the first rows of a table name its columns, and the caption that is repeated with every row.</summary>
internal static partial class TableHeader
{
    /// <summary>The widest table whose heads are said with every row, and whose short rows are filled up.</summary>
    public const int MostColumns = 1_024;

    private const int LongestHead = 60;

    /// <summary>How many of a table's first rows name its columns: none, one, or two with groups of columns above ("2023" over "Revenue" and "Cost").</summary>
    /// <param name="rows">From the first on; three are looked at. Cells of one column stand at one place.</param>
    public static int Count(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (rows.Count < 2)
        {
            return 0;
        }

        return IsHeader(rows[0], rows[1]) ? 1 : rows.Count > 2 && AreGroups(rows[0], rows[1]) && IsHeader(Join(rows, 2), rows[2]) ? 2 : 0;
    }

    /// <summary>
    /// Words in nearly every column, no two alike, no figures. With figures below them years, quarters and dates are as good as words,
    /// and two columns may be called the same.
    /// </summary>
    /// <param name="second">The row after it; null when there is none.</param>
    public static bool IsHeader(IReadOnlyList<string> first, IReadOnlyList<string>? second)
    {
        var named = first.Where(cell => cell.Length > 0).ToList();
        if (second is null || first.Count < 2 || named.Count < Math.Max(2, first.Count * 0.6) || !named.TrueForAll(IsHead))
        {
            return false;
        }

        bool words = !named.Exists(IsPeriod) && named.Distinct(StringComparer.OrdinalIgnoreCase).Count() == named.Count;
        return words || AreOverFigures(first, second);
    }

    /// <summary>Heads, and figures below some of them: no line above a table looks like that.</summary>
    public static bool IsHeaderOfFigures(IReadOnlyList<string> first, IReadOnlyList<string> second) => IsHeader(first, second) && AreOverFigures(first, second);

    /// <param name="title">Of the table; null where it has none.</param>
    /// <param name="heads">Null where the columns have no names.</param>
    public static string? Caption(string? title, IReadOnlyList<string>? heads)
    {
        string? columns = heads is null || heads.Count > MostColumns ? null : string.Join(" | ", heads.Select(head => Flow.FlowText.Head(head.Replace('|', '/').Replace('\n', ' '), LongestHead)));
        return title is { Length: > 0 } ? columns is null ? title : $"{title}\n{columns}" : columns;
    }

    /// <summary>
    /// Several rows of heads become one: "2023 Revenue". A group is said over its first column only; columns after it whose own name is there
    /// several times are in the group too.
    /// </summary>
    public static string[] Join(IReadOnlyList<IReadOnlyList<string>> rows, int heads)
    {
        IReadOnlyList<string> lowest = rows[heads - 1];
        var repeated = lowest.Where(cell => cell.Length > 0).GroupBy(cell => cell).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        string[] joined = [.. Enumerable.Repeat("", rows.Take(heads).Max(row => row.Count))];
        string[] group = new string[heads];
        Array.Fill(group, "");
        for (int column = 0; column < joined.Length; column++)
        {
            var parts = new List<string>();
            bool inGroup = repeated.Contains(At(lowest, column));
            for (int row = 0; row < heads; row++)
            {
                string own = At(rows[row], column);
                group[row] = own.Length > 0 || !inGroup ? own : group[row];
                parts.Add(own.Length == 0 && row < heads - 1 ? group[row] : own);
            }

            joined[column] = string.Join(' ', parts.Where(part => part.Length > 0).Distinct());
        }

        return joined;
    }

    private static string At(IReadOnlyList<string> row, int column) => column < row.Count ? row[column] : "";

    /// <summary>The upper row names groups, with gaps between the names; the lower one names every column.</summary>
    private static bool AreGroups(IReadOnlyList<string> upper, IReadOnlyList<string> lower)
    {
        var groups = upper.Where(cell => cell.Length > 0).ToList();
        var named = lower.Where(cell => cell.Length > 0).ToList();
        return groups.Count > 0 && groups.Count < named.Count && groups.TrueForAll(IsHead)
            && lower.Count > 2 && named.Count >= lower.Count * 0.6 && named.TrueForAll(cell => IsHead(cell) && !IsPeriod(cell));
    }

    private static bool IsHead(string cell) => cell.Length <= 2 * LongestHead && (IsPeriod(cell) || (cell.Any(char.IsLetter) && !CellText.IsFigure(cell)));

    /// <summary>A figure stands under a head, and no period under a period: those would be rows of years.</summary>
    private static bool AreOverFigures(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        if (IsPeriod(first[0]))
        {
            return false;
        }

        bool figures = false;
        for (int i = 0; i < Math.Min(first.Count, second.Count); i++)
        {
            bool period = IsPeriod(second[i]);
            if (period && IsPeriod(first[i]))
            {
                return false;
            }

            figures |= !period && first[i].Length > 0 && second[i].Length > 0 && CellText.IsFigure(second[i]);
        }

        return figures;
    }

    /// <summary>"2023", "2023/24", "2023-01-31", "31.01.2023", "01/2023": of what is counted, not how much.</summary>
    private static bool IsPeriod(string cell) => cell.Length <= 20 && Period().IsMatch(cell);

    [GeneratedRegex(@"^((19|20)\d\d([/–-]\d\d(\d\d)?)?|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](\d\d){1,2}|(0?[1-9]|1[0-2])[./](19|20)\d\d)$", RegexOptions.CultureInvariant)]
    private static partial Regex Period();
}
