using AngleSharp.Dom;
using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Tables;

namespace Rag.Ingestion.Extraction.Markup;

/// <summary>A table of data: rows of cells with spans spelt out, its caption and column heads. Tables that only lay out a page are none.</summary>
internal sealed class HtmlTable
{
    private const int MaxColumns = 200;
    private const int MaxSpan = 100;

    private readonly Func<IElement, string> textOf;
    private readonly List<string[]> rows = [];
    private int headRows;

    private HtmlTable(Func<IElement, string> textOf) => this.textOf = textOf;

    /// <param name="textOf">The visible text of a cell.</param>
    /// <returns>False when the table only lays out a page: one column, tables in its cells, or blocks in cells without heads.</returns>
    public static bool TryWrite(IElement table, Func<IElement, string> textOf, FlowBuilder builder)
    {
        // Column heads and captions are for data; else several blocks in a cell are the page's own order.
        const string Blocks = "h1, h2, h3, h4, h5, h6, td p + p, td div + div";
        if (table.GetAttribute("role") is "presentation" or "none" || table.QuerySelector("table, form") is not null
            || (table.QuerySelector(Blocks) is not null && table.QuerySelector("th, thead, caption") is null))
        {
            return false;
        }

        var read = new HtmlTable(textOf);
        read.Read(table);
        if (read.rows.Count == 0 || read.rows.Max(row => row.Length) < 2)
        {
            return false;
        }

        string? title = table.QuerySelector("caption") is { } caption ? FlowText.Fold(textOf(caption)) : null;
        int headRows = read.headRows > 0 ? read.headRows : TableHeader.Count(read.rows);
        string[]? heads = headRows > 0 ? TableHeader.Join(read.rows, headRows) : null;
        string? words = TableHeader.Caption(title, heads);
        if (title is { Length: > 0 })
        {
            builder.BeginParagraph();
            builder.Append(title);
        }

        foreach (string[] row in read.rows)
        {
            builder.Row(row, words);
        }

        return true;
    }

    private void Read(IElement table)
    {
        var hanging = new Dictionary<int, (int Rows, string Text)>();   // column → what a cell above still covers
        bool onlyHeads = true;
        foreach (IElement row in table.QuerySelectorAll("tr"))
        {
            var cells = new List<string>();
            bool allHeads = true;
            foreach (IElement cell in row.Children.Where(child => child.LocalName is "td" or "th"))
            {
                Hang();
                string text = FlowText.Fold(textOf(cell));
                int across = Span(cell, "colspan"), down = Span(cell, "rowspan");
                for (int i = 0; i < across && cells.Count < MaxColumns; i++)
                {
                    if (down > 1)
                    {
                        hanging[cells.Count] = (down - 1, text);
                    }

                    cells.Add(i == 0 || cell.LocalName == "th" ? text : "");
                }

                allHeads &= cell.LocalName == "th" && cell.GetAttribute("scope") != "row";
            }

            Hang();
            if (cells.Count == 0)
            {
                continue;
            }

            onlyHeads &= allHeads || row.ParentElement?.LocalName == "thead";
            headRows += onlyHeads ? 1 : 0;
            rows.Add([.. cells]);

            void Hang()
            {
                while (cells.Count < MaxColumns && hanging.Remove(cells.Count, out (int Rows, string Text) above))
                {
                    if (above.Rows > 1)
                    {
                        hanging[cells.Count] = (above.Rows - 1, above.Text);
                    }

                    cells.Add(above.Text);
                }
            }
        }

        headRows = headRows == rows.Count ? 0 : headRows;
    }

    private static int Span(IElement cell, string name) =>
        int.TryParse(cell.GetAttribute(name), out int span) ? Math.Clamp(span, 1, MaxSpan) : 1;
}
