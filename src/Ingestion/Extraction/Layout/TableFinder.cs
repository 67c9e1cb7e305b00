namespace Rag.Ingestion.Extraction.Layout;

/// <summary>
/// Finds tables by their shape: lines of several cells whose gaps stand above each other. Lines that only look like that (justified
/// text with one wide gap) become ordinary lines again.
/// </summary>
internal static class TableFinder
{
    private const int Reach = 3;   // how many lines away another row may support a row

    /// <summary>Tables from top to bottom. Cells of lines outside tables are joined where their gap is no wider than a few letters.</summary>
    public static List<Table> Find(List<Line> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            CellTidier.Tidy(lines[i]);
        }

        bool[] row = new bool[lines.Count];
        for (int i = 0; i < lines.Count; i++)
        {
            row[i] = lines[i].Cells.Count > 1 && IsSupported(lines, i);
        }

        for (int i = 0; i < lines.Count; i++)
        {
            if (!row[i] && lines[i].Cells.Count > 1)
            {
                JoinNarrowGaps(lines[i]);
                row[i] = lines[i].Cells.Count > 1;
            }
        }

        var tables = new List<Table>();
        for (int i = 0; i < lines.Count; i++)
        {
            if (row[i])
            {
                int first = i, end = i + 1;
                while (NextRow(lines, row, first, end) is { } next)
                {
                    end = next + 1;
                }

                while (first > (tables.Count == 0 ? 0 : tables[^1].End) && IsSpanningHeader(lines, first, end))
                {
                    first--;
                }

                tables.AddRange(Sections(lines, first, end));
                i = end - 1;
            }
        }

        return tables;
    }

    private static bool IsSupported(List<Line> lines, int index)
    {
        Line line = lines[index];
        for (int other = Math.Max(0, index - Reach); other <= Math.Min(lines.Count - 1, index + Reach); other++)
        {
            if (other != index && lines[other].Column == line.Column && lines[other].Cells.Count > 1 &&
                Math.Abs(lines[other].Baseline - line.Baseline) < 6 * line.Size && SharesGap(line, lines[other]))
            {
                return true;
            }
        }

        float gap = line.Cells.Zip(line.Cells.Skip(1), (a, b) => b.Left - a.Right).Max();
        return gap > 2 * line.Size && line.Cells.Skip(1).Any(cell => CellText.IsFigure(cell.Text));
    }

    private static bool SharesGap(Line a, Line b)
    {
        float needed = 0.8f * Math.Min(a.Size, b.Size);
        for (int i = 0; i + 1 < a.Cells.Count; i++)
        {
            for (int j = 0; j + 1 < b.Cells.Count; j++)
            {
                if (Math.Min(a.Cells[i + 1].Left, b.Cells[j + 1].Left) - Math.Max(a.Cells[i].Right, b.Cells[j].Right) >= needed)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void JoinNarrowGaps(Line line)
    {
        for (int i = line.Cells.Count - 2; i >= 0; i--)
        {
            if (line.Cells[i + 1].Left - line.Cells[i].Right < 3 * line.Size)
            {
                line.Cells[i] = new Cell([.. line.Cells[i].Words, .. line.Cells[i + 1].Words]);
                line.Cells.RemoveAt(i + 1);
            }
        }
    }

    /// <summary>The next row of the table that ends before <paramref name="end"/>: at once, or after group labels such as "Net sales:".</summary>
    private static int? NextRow(List<Line> lines, bool[] row, int first, int end)
    {
        Line last = lines[end - 1];
        for (int i = end; i < Math.Min(lines.Count, end + Reach + 1); i++)
        {
            Line line = lines[i];
            if (line.Column != last.Column || line.Baseline - lines[i - 1].Baseline > 4.5f * Math.Max(line.Size, last.Size))
            {
                return null;
            }

            if (row[i])
            {
                // Words, then heads of columns: the next table under its own title.
                bool figuresSeen = lines.Skip(first).Take(end - first).Any(HasFigures);
                return i > end && figuresSeen && IsHeaderRow(line) ? null : i;
            }

            // A label leaves the columns of figures free; a sentence of running text does not.
            if (line.Right > line.ColumnLeft + (0.62f * (line.ColumnRight - line.ColumnLeft)) && !IsAboveFigures(line, lines, row, i))
            {
                return null;
            }
        }

        return null;
    }

    private static bool IsAboveFigures(Line line, List<Line> lines, bool[] row, int index) =>
        index + 1 < lines.Count && row[index + 1] && line.Left >= lines[index + 1].Cells[1].Left - (4 * line.Size);

    /// <summary>"Nine Months Ended" alone above the column heads.</summary>
    private static bool IsSpanningHeader(List<Line> lines, int first, int end)
    {
        Line above = lines[first - 1], below = lines[first];
        float figures = lines.Skip(first).Take(end - first).Where(line => line.Cells.Count > 1).Min(line => line.Cells[1].Left);
        return above.Column == below.Column && above.Cells.Count == 1 && above.Left >= figures - (8 * above.Size) &&
            above.Left > above.ColumnLeft + (0.25f * (above.ColumnRight - above.ColumnLeft)) &&
            above.Text.Length <= 60 && below.Baseline - above.Baseline <= 2.5f * below.Size;
    }

    /// <summary>A header row after rows of figures begins a new section.</summary>
    private static IEnumerable<Table> Sections(List<Line> lines, int first, int end)
    {
        int start = first;
        bool figuresSeen = false;
        for (int i = first; i < end; i++)
        {
            if (figuresSeen && IsHeaderRow(lines[i]) && IsHeaderStart(lines, i, end))
            {
                yield return Section(lines, start, i);
                start = i;
                figuresSeen = false;
            }

            figuresSeen |= HasFigures(lines[i]);
        }

        yield return Section(lines, start, end);
    }

    private static bool IsHeaderStart(List<Line> lines, int index, int end) =>
        lines[index].Cells.Count > 1 || (index + 1 < end && lines[index + 1].Cells.Count > 1 && IsHeaderRow(lines[index + 1]));

    private static Table Section(List<Line> lines, int first, int end)
    {
        int header = 0;
        bool anyFigures = Enumerable.Range(first, end - first).Any(i => HasFigures(lines[i]));
        if (anyFigures)
        {
            while (first + header < end && IsHeaderRow(lines[first + header]))
            {
                header++;
            }
        }
        else if (end - first > 1 && lines[first].Bold && !lines[first + 1].Bold)
        {
            header = 1;
        }

        return new Table(first, end - first, header, Columns(lines, first + header, end));
    }

    private static bool HasFigures(Line line) => line.Cells.Count > 1 && line.Cells.Skip(1).Any(IsCount) ||
        line.Cells.Count > 1 && line.Cells.TrueForAll(IsCount);

    private static bool IsCount(Cell cell) => cell.Text is var text && CellText.IsFigure(text) && !CellText.IsYear(text);

    /// <summary>Names columns: no figures but years, and not a label at the left edge.</summary>
    private static bool IsHeaderRow(Line line) =>
        !line.Cells.Exists(IsCount) &&
        (line.Cells.Count > 1 || line.Left > line.ColumnLeft + (0.25f * (line.ColumnRight - line.ColumnLeft)));

    private static List<(float Left, float Right)> Columns(List<Line> lines, int first, int end)
    {
        var columns = new List<(float Left, float Right)>();
        IEnumerable<Cell> figures = lines.Skip(first).Take(end - first).Where(line => line.Cells.Count > 1)
            .SelectMany(line => line.Cells.Skip(CellText.IsFigure(line.Cells[0].Text) ? 0 : 1));
        foreach (Cell cell in figures.OrderBy(cell => cell.Left))
        {
            if (columns.Count > 0 && cell.Left <= columns[^1].Right)
            {
                columns[^1] = (columns[^1].Left, Math.Max(columns[^1].Right, cell.Right));
            }
            else
            {
                columns.Add((cell.Left, cell.Right));
            }
        }

        return columns;
    }
}
