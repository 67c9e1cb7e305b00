using System.Globalization;
using System.Xml;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>
/// What a sheet says behind its rows and they need: cells that are merged over several rows, where what the first one says holds for all of them; and whether
/// something but the cells' own styles gives them colours.
/// </summary>
internal sealed class SheetMerges
{
    private const int MostMerges = 100_000;

    private readonly Dictionary<int, List<(int Column, int LastRow)>> beginning = [];   // by first row
    private readonly SortedDictionary<int, (int LastRow, string Text)> covering = [];   // by column

    /// <summary>Rules, tables or a picture colour cells.</summary>
    public bool HasOtherColours { get; private set; }

    public static SheetMerges Read(XmlReader reader)
    {
        var merges = new SheetMerges();
        int count = 0;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "mergeCell" && count++ < MostMerges)
            {
                merges.Add((reader.GetAttribute("ref") ?? "").Split(':'));
            }

            merges.HasOtherColours |= reader.NodeType == XmlNodeType.Element && reader.LocalName is "conditionalFormatting" or "tableParts" or "picture" or "drawing";
        }

        return merges;
    }

    /// <summary>Call for each row in order.</summary>
    public SheetRow Fill(SheetRow row)
    {
        if (beginning.Count == 0)
        {
            return row;
        }

        foreach (int over in covering.Where(merge => merge.Value.LastRow < row.Number).Select(merge => merge.Key).ToList())
        {
            covering.Remove(over);
        }

        List<(int Column, string Text)> cells = row.Cells;
        if (cells.Count > 0 && covering.Count > 0)
        {
            var own = cells.Select(cell => cell.Column).ToHashSet();
            cells = [.. cells.Concat(covering.Where(merge => !own.Contains(merge.Key)).Select(merge => (merge.Key, merge.Value.Text))).OrderBy(cell => cell.Item1)];
        }

        foreach ((int column, int lastRow) in beginning.GetValueOrDefault(row.Number, []))
        {
            if (row.Cells.Find(cell => cell.Column == column) is { Text: { } text })
            {
                covering[column] = (lastRow, text);
            }
        }

        return row with { Cells = cells };
    }

    private void Add(string[] corners)
    {
        if (corners is [var first, var last] && RowOf(first) is { } from && RowOf(last) is { } to && to > from && SheetRows.ColumnOf(first) is >= 0 and < SheetRows.MaxColumns and var column)
        {
            if (!beginning.TryGetValue(from, out var merges))
            {
                beginning[from] = merges = [];
            }

            merges.Add((column, to));
        }
    }

    private static int? RowOf(string place) => int.TryParse(place.AsSpan().TrimStart("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int row) ? row : null;
}
