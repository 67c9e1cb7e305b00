namespace Rag.Ingestion.Extraction.Layout;

/// <summary>What a reader looks up above a row: the table's title and, column by column, the words over the figures.</summary>
internal static class TableCaption
{
    private const int MaxTitle = 240;
    private const int MaxColumns = 6;

    /// <returns>Title and column heads on a line each, or null where there are neither.</returns>
    public static string? Build(string? title, List<Line> lines, Table table)
    {
        string heads = ColumnHeads(lines, table);
        string caption = string.Join('\n', new[] { title, heads }.Where(part => !string.IsNullOrWhiteSpace(part)));
        return caption.Length == 0 ? null : caption;
    }

    /// <summary>The last lines before the table that read like its title: headings, "(in millions)", or a sentence that announces it.</summary>
    /// <param name="before">Blocks above the table on this page, the nearest last.</param>
    public static string? Title(IReadOnlyList<(BlockKind Kind, string Text)> before)
    {
        var parts = new List<string>();
        int length = 0;
        for (int i = before.Count - 1; i >= 0 && parts.Count < 2; i--)
        {
            (BlockKind kind, string text) = before[i];
            bool heading = kind == BlockKind.Heading || (text.Length < 160 && text.StartsWith('(') && text.EndsWith(')'));
            if (!heading || length + text.Length > MaxTitle)
            {
                break;
            }

            parts.Insert(0, text);
            length += text.Length;
        }

        if (parts.Count == 0 && before.Count > 0 && before[^1].Kind is BlockKind.Paragraph or BlockKind.ListItem)
        {
            return Announcement(before[^1].Text);
        }

        return parts.Count == 0 ? null : string.Join(' ', parts);
    }

    private static string? Announcement(string paragraph)
    {
        string text = paragraph.TrimEnd();
        if (!text.EndsWith(':') && !text.Contains("following table", StringComparison.OrdinalIgnoreCase) &&
            !text.Contains("as follows", StringComparison.OrdinalIgnoreCase) && !(text.EndsWith(')') && text.Length < MaxTitle))
        {
            return null;
        }

        int start = text.Length > 2 ? text.LastIndexOf(". ", text.Length - 2, StringComparison.Ordinal) : -1;
        string sentence = start < 0 ? text : text[(start + 2)..];
        return sentence.Length <= MaxTitle ? sentence : "…" + sentence[^MaxTitle..];
    }

    private static string ColumnHeads(List<Line> lines, Table table)
    {
        List<Line> header = lines.GetRange(table.First, table.Header);
        if (header.Count == 0)
        {
            return "";
        }

        if (table.Columns.Count is 0 or > MaxColumns)
        {
            return string.Join('\n', header.Select(line => string.Join(" | ", line.Cells.Select(cell => cell.Text))));
        }

        // Words left of all columns ("Period") stand over the labels; "(in millions)" alone on a line is about all of them.
        var labels = header.SelectMany(line => line.Cells.Where(cell => cell.Right < table.Columns[0].Left - 20 || IsUnit(line))).ToList();
        List<List<Cell>> rows = Rows(header, labels);
        var heads = new List<string>[table.Columns.Count];
        for (int c = 0; c < heads.Length; c++)
        {
            heads[c] = [];
        }

        foreach (List<Cell> row in rows)
        {
            int free = 0;   // columns left of it are taken by the row's earlier cells
            foreach (Cell cell in row.OrderBy(cell => cell.Left))
            {
                (int first, int last) = Span(cell, row, table.Columns, free);
                for (int c = first; c <= last; c++)
                {
                    heads[c].Add(cell.Text);
                }

                free = Math.Max(free, last + 1);
            }
        }

        string all = string.Join(" | ", heads.Where(head => head.Count > 0).Select(head => string.Join(' ', head)));
        string label = string.Join(' ', labels.Select(cell => cell.Text));
        return label.Length == 0 ? all : all.Length == 0 ? label : $"{label} | {all}";
    }

    private static bool IsUnit(Line line) => line.Cells.Count == 1 && line.Text.StartsWith('(') && line.Text.EndsWith(')');

    /// <summary>Header cells row by row. Cells set a little higher or lower than their neighbours are still one row.</summary>
    private static List<List<Cell>> Rows(List<Line> header, List<Cell> labels)
    {
        var rows = new List<List<Cell>>();
        for (int i = 0; i < header.Count; i++)
        {
            List<Cell> cells = header[i].Cells.FindAll(cell => !labels.Contains(cell));
            bool sameRow = i > 0 && header[i].Baseline - header[i - 1].Baseline < 0.9f * header[i].Size &&
                cells.TrueForAll(cell => rows[^1].TrueForAll(other => cell.Right < other.Left || cell.Left > other.Right));
            if (sameRow)
            {
                rows[^1].AddRange(cells);
            }
            else
            {
                rows.Add(cells);
            }
        }

        return rows;
    }

    /// <summary>
    /// The columns that a header cell stands over: as many neighbours as it is centred above, without those under other cells of its row.
    /// </summary>
    private static (int First, int Last) Span(Cell cell, List<Cell> row, IReadOnlyList<(float Left, float Right)> columns, int free)
    {
        const float Slack = 10, SlackPerColumn = 4, TooFar = 70;
        float middle = (cell.Left + cell.Right) / 2;
        (int First, int Last) best = (0, -1);
        for (int first = free; first < columns.Count; first++)
        {
            for (int last = first; last < columns.Count && !row.Exists(other => other != cell && Overlaps(other, columns[last])); last++)
            {
                float offset = Math.Abs(((columns[first].Left + columns[last].Right) / 2) - middle);
                if (offset <= Slack + (SlackPerColumn * (last - first)) && last - first > best.Last - best.First)
                {
                    best = (first, last);
                }
            }
        }

        if (best.Last >= 0)
        {
            return best;
        }

        int nearest = Enumerable.Range(0, columns.Count).MinBy(c => Distance(columns[c]));
        return Distance(columns[nearest]) <= TooFar ? (nearest, nearest) : (0, -1);

        float Distance((float Left, float Right) column) => Math.Max(0, Math.Max(cell.Left - column.Right, column.Left - cell.Right));
    }

    private static bool Overlaps(Cell cell, (float Left, float Right) column) => cell.Left < column.Right && cell.Right > column.Left;
}
