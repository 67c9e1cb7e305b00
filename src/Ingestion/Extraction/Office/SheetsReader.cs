using System.Xml;
using System.Xml.Linq;
using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Tables;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>
/// A workbook: each sheet in stretches of some dozen rows, every row under the heads of its table, numbers and dates as they are shown.
/// Hidden sheets, rows and columns are reported.
/// </summary>
internal sealed class SheetsReader
{
    private const int RowsOnAPage = 50;
    private const int MostHidden = 20;
    private const int RowsAhead = 2;
    private const double NamedShare = 0.6;   // of the cells below

    /// <summary>Rows of a table above its heads.</summary>
    private const int MostRowsAbove = 6;

    private readonly List<FlowPage> pages = [];
    private readonly string name;

    private FlowBuilder builder = new();
    private string? title;
    private string? caption;
    private int from;   // first column of the present table
    private int width;
    private bool hasHeads;
    private int rowsWithoutHeads;
    private int widest;   // cells of a row of the present table so far
    private int firstRow;
    private int lastRow;
    private int count;
    private int length;
    private long left;   // characters that the sheets may still show

    private SheetsReader(string name, long budget) => (this.name, left) = (name, budget);

    public static FlowDocument Read(byte[] file, FlowLimits limits)
    {
        using OfficePackage package = OfficePackage.Open(file, "xl/workbook.xml", limits);
        XElement workbook = package.Parts.Xml(package.Main)!;
        var formats = new SheetFormats(package.MainRelated("styles"), workbook.Child("workbookPr")?.Attr("date1904") is "1" or "true");
        var colours = new SheetColours(package.MainRelated("styles"), ThemeColours.Read(package, package.Main));
        List<SheetText> shared = Shared(package, colours);
        var targets = package.Related(package.Main).GroupBy(relation => relation.Id).ToDictionary(group => group.Key, group => group.First());
        var pages = new List<FlowPage>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);   // a sheet that is listed twice is one sheet
        long budget = FlowBuilder.MostCharacters;
        foreach (XElement sheet in workbook.Child("sheets")?.Children("sheet") ?? [])
        {
            string name = FlowText.Head(FlowText.Fold(sheet.Attr("name") ?? "?"), 60);
            if (targets.TryGetValue(sheet.Attr("id") ?? "", out Relation? target) && target.Type == "worksheet" && seen.Add(target.Target) && package.Parts.Reader(target.Target) is { } part)
            {
                using XmlReader reader = part;
                SheetMerges merges = Merges(package, target.Target);
                IEnumerable<SheetRow> rows = new SheetRows(shared, formats, merges.HasOtherColours || HasPivot(package, target.Target) ? SheetColours.Unknown : colours).Read(reader).Select(merges.Fill);
                var read = new SheetsReader(name, budget);
                if (sheet.Attr("state") is "hidden" or "veryHidden")
                {
                    read.HideAll(rows);
                }
                else
                {
                    read.ReadRows(rows);
                }

                pages.AddRange(read.pages);
                budget = read.left;
            }
        }

        return new FlowDocument(package.Title, FlowPaginator.Carry(pages, page => page.HasText));
    }

    /// <summary>They stand behind the rows that they are about, so the part is looked through once before it is read.</summary>
    private static SheetMerges Merges(OfficePackage package, string part)
    {
        using XmlReader reader = package.Parts.Reader(part, again: true)!;
        return SheetMerges.Read(reader);
    }

    /// <summary>A pivot table colours cells by a style of its own; the sheet itself does not name it.</summary>
    /// <returns>True, too, where that cannot be told.</returns>
    private static bool HasPivot(OfficePackage package, string part)
    {
        try
        {
            return package.Related(part).Exists(relation => relation.Type == "pivotTable");
        }
        catch (Exception damaged) when (OfficePackage.IsDamage(damaged))
        {
            return true;
        }
    }

    private static List<SheetText> Shared(OfficePackage package, SheetColours colours)
    {
        var texts = new List<SheetText>();
        if (package.Related(package.Main).FirstOrDefault(relation => relation.Type == "sharedStrings") is not { } part || package.Parts.Reader(part.Target) is not { } opened)
        {
            return texts;
        }

        using XmlReader reader = opened;
        reader.MoveToContent();
        reader.Read();
        while (!reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "si")
            {
                texts.Add(new SheetText((XElement)XNode.ReadFrom(reader), colours));
            }
            else
            {
                reader.Read();
            }
        }

        return texts;
    }

    private void HideAll(IEnumerable<SheetRow> rows)
    {
        foreach (SheetRow row in rows.Take(MostHidden))
        {
            builder.Hide(HiddenTextKind.Marked, string.Join(' ', row.Cells.Select(cell => cell.Text)));
        }

        pages.Add(new FlowPage(name, []) { Hidden = [.. builder.HiddenAtEnd] });
    }

    private void ReadRows(IEnumerable<SheetRow> rows)
    {
        builder.BeginHeading(1);
        builder.Append(name);
        builder.Close();
        SheetRow? before = null;
        var window = new Queue<SheetRow>();   // the present row and those after it
        foreach (SheetRow row in rows.Select(Visible).Where(row => row.Cells.Count > 0))
        {
            window.Enqueue(row);
            if (window.Count > RowsAhead)
            {
                Present();
            }
        }

        while (window.Count > 0)
        {
            Present();
        }

        EndPage();

        void Present()
        {
            SheetRow present = window.Dequeue();
            Row(present, before, [.. window]);
            before = present;
        }
    }

    /// <summary>Reports what of a row is hidden.</summary>
    private SheetRow Visible(SheetRow row)
    {
        if (row.UnseenCells.Count > 0)
        {
            builder.Hide(HiddenTextKind.SameColour, string.Join(' ', row.UnseenCells));
        }

        if (row.HiddenCells.Count > 0)
        {
            builder.Hide(HiddenTextKind.Marked, string.Join(' ', row.HiddenCells));
        }

        if (!row.Hidden)
        {
            return row;
        }

        builder.Hide(HiddenTextKind.Marked, string.Join(' ', row.Cells.Select(cell => cell.Text)));
        return row with { Cells = [] };
    }

    private void Row(SheetRow row, SheetRow? before, IReadOnlyList<SheetRow> after)
    {
        bool afterBlank = before is null || row.Number > before.Number + 1;
        bool begins = afterBlank || width == 0;
        if (begins && row.Cells.Count == 1 && after.Count > 0 && after[0].Number == row.Number + 1)
        {
            // One cell above a table is its title.
            title = row.Cells[0].Text;
            (caption, width) = (null, 0);
            builder.BeginParagraph();
            builder.Append(title);
            builder.Close();
            Count(row);
            return;
        }

        if (begins)
        {
            BeginTable(row, after, afterBlank);
        }
        else if (!hasHeads && rowsWithoutHeads++ < MostRowsAbove && row.Cells.Count >= widest)
        {
            BeginTable(row, after, afterBlank: false);   // what stood above was its name and date
        }

        widest = Math.Max(widest, row.Cells.Count);

        int columns = Math.Max(width, row.Cells[^1].Column - from + 1);
        left -= columns + row.Cells.Sum(cell => (long)cell.Text.Length);
        if (left < 0)
        {
            throw new RefusedFileException(RefusalReason.TooLarge);   // one long text in thousands of cells, or rows of nothing but blanks
        }

        string[] cells = [.. Enumerable.Repeat("", columns)];
        foreach ((int column, string text) in row.Cells)
        {
            int at = Math.Max(0, column - from);   // a mark beside the table stands in its first column, so that heads stay above their cells
            cells[at] = cells[at].Length == 0 ? text : $"{cells[at]} {text}";
        }

        if (count >= RowsOnAPage || length > FlowPaginator.PageLength)
        {
            EndPage();
        }

        builder.Row(cells, caption);
        Count(row);
    }

    /// <summary>Heads, if this row looks like them; else those of the table before count on when it has the same columns.</summary>
    private void BeginTable(SheetRow row, IReadOnlyList<SheetRow> after, bool afterBlank)
    {
        SheetRow[] top = [row, .. after.TakeWhile((next, i) => next.Number == row.Number + i + 1)];
        int first = row.Cells[0].Column, last = row.Cells[^1].Column;
        int most = Math.Max(last, top.Length > 1 ? top[1].Cells[^1].Column : last);
        int least = Math.Min(first, top.Length > 1 ? top[1].Cells[0].Column : first);

        // One row of heads says how wide the table is; over groups of columns the second row does.
        string[][] one = [.. top.Select(each => Aligned(each, first, last))], two = [.. top.Select(each => Aligned(each, least, most))];
        bool nextIsBetter = top.Length > 2 && top[1].Cells.Count > row.Cells.Count && TableHeader.IsHeaderOfFigures(two[1], two[2]);
        if (TableHeader.Count(one) == 1 && row.Cells.Count >= NamedShare * top[1].Cells.Count && !nextIsBetter)
        {
            (caption, from, width, hasHeads) = (TableHeader.Caption(title, one[0]), first, last - first + 1, true);
        }
        else if (TableHeader.Count(two) == 2)
        {
            (caption, from, width, hasHeads) = (TableHeader.Caption(title, TableHeader.Join(two, 2)), least, most - least + 1, true);
        }
        else if (width == 0 || (afterBlank && (first != from || last - first + 1 > width)))
        {
            (caption, from, width, hasHeads, rowsWithoutHeads, widest) = (TableHeader.Caption(title, null), first, last - first + 1, false, 0, 0);
        }
        else
        {
            return;
        }

        title = null;
    }

    /// <summary>The cells of a row between two columns.</summary>
    private static string[] Aligned(SheetRow row, int first, int last)
    {
        string[] cells = [.. Enumerable.Repeat("", last - first + 1)];
        foreach ((int column, string text) in row.Cells)
        {
            if (column >= first && column <= last)
            {
                cells[column - first] = text;
            }
        }

        return cells;
    }

    private void Count(SheetRow row)
    {
        firstRow = count == 0 ? row.Number : firstRow;
        lastRow = row.Number;
        count++;
        length += row.Cells.Sum(cell => cell.Text.Length + 1);
    }

    private void EndPage()
    {
        IReadOnlyList<FlowBlock> blocks = builder.Blocks;
        if (count > 0 || builder.HiddenAtEnd.Count > 0)
        {
            string rows = firstRow == lastRow ? "row" : "rows";
            string numbers = firstRow == lastRow ? $"{firstRow}" : $"{firstRow}–{lastRow}";
            pages.Add(new FlowPage($"sheet {name}, {rows} {numbers}", count > 0 ? blocks : []) { Hidden = [.. blocks.SelectMany(block => block.Hidden), .. builder.HiddenAtEnd] });
        }

        builder = new FlowBuilder();
        (count, length) = (0, 0);
    }
}
