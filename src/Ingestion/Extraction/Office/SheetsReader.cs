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

    private readonly List<FlowPage> pages = [];
    private readonly string name;

    private FlowBuilder builder = new();
    private string? title;
    private string? caption;
    private int from;   // first column of the present table
    private int width;
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
        List<string> shared = Shared(package);
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
                IEnumerable<SheetRow> rows = new SheetRows(shared, formats).Read(reader);
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

    private static List<string> Shared(OfficePackage package)
    {
        var texts = new List<string>();
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
                var item = (XElement)XNode.ReadFrom(reader);
                texts.Add(string.Concat(item.All("t").Where(text => text.Parent?.Is("rPh") != true).Select(text => text.Value)));
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
        SheetRow? before = null, present = null;
        foreach (SheetRow? next in rows.Select(Visible).Where(row => row.Cells.Count > 0).Append(null))
        {
            if (present is not null)
            {
                Row(present, before, next);
                before = present;
            }

            present = next;
        }

        EndPage();
    }

    /// <summary>Reports what of a row is hidden.</summary>
    private SheetRow Visible(SheetRow row)
    {
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

    private void Row(SheetRow row, SheetRow? before, SheetRow? next)
    {
        bool begins = before is null || row.Number > before.Number + 1 || width == 0;
        if (begins && row.Cells.Count == 1 && next?.Number == row.Number + 1)
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
            BeginTable(row, next, afterBlank: before is null || row.Number > before.Number + 1);
        }

        int first = Math.Min(from, row.Cells[0].Column);
        left -= Math.Max(width, row.Cells[^1].Column - first + 1) + row.Cells.Sum(cell => (long)cell.Text.Length);
        if (left < 0)
        {
            throw new RefusedFileException(RefusalReason.TooLarge);   // one long text in thousands of cells, or rows of nothing but blanks
        }

        string[] cells = [.. Enumerable.Repeat("", Math.Max(width, row.Cells[^1].Column - first + 1))];
        foreach ((int column, string text) in row.Cells)
        {
            cells[column - first] = text;
        }

        if (count >= RowsOnAPage || length > FlowPaginator.PageLength)
        {
            EndPage();
        }

        builder.Row(cells, caption);
        Count(row);
    }

    /// <summary>Heads, if this row looks like them; else those of the table before count on when it has the same columns.</summary>
    private void BeginTable(SheetRow row, SheetRow? next, bool afterBlank)
    {
        int first = row.Cells[0].Column, last = row.Cells[^1].Column;
        string[] heads = [.. Enumerable.Repeat("", last - first + 1)];
        foreach ((int column, string text) in row.Cells)
        {
            heads[column - first] = text;
        }

        string[]? second = next?.Number == row.Number + 1 ? [.. next.Cells.Select(cell => cell.Text)] : null;
        if (TableHeader.IsHeader(heads, second))
        {
            (caption, from, width) = (TableHeader.Caption(title, heads), first, heads.Length);
        }
        else if (width == 0 || (afterBlank && (first != from || last - first + 1 > width)))
        {
            (caption, from, width) = (TableHeader.Caption(title, null), first, last - first + 1);
        }

        title = null;
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
