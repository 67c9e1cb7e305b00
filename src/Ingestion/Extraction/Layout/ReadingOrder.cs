namespace Rag.Ingestion.Extraction.Layout;

/// <summary>
/// Puts lines in the order a person reads them. Where an empty strip parts two texts over several lines, the left one comes first;
/// where it parts the cells of a table, the rows stay whole. Splits again inside each column.
/// </summary>
internal static class ReadingOrder
{
    private const int MinLines = 4;
    private const int MaxDepth = 3;

    // Running text: so many of its lines have no wide gap and so many words at least; and so many words a line, all in all.
    private const double RunningShare = 0.5;
    private const int WordsOfRunningText = 3;
    private const double WordsOfALine = 3.5;

    public static List<Line> Sort(List<Line> lines)
    {
        var sorted = new List<Line>(lines.Count);
        int column = 0;
        Place(lines, sorted, ref column, 0);
        return sorted;
    }

    private static void Place(List<Line> lines, List<Line> sorted, ref int column, int depth)
    {
        if (lines.Count == 0)
        {
            return;
        }

        if (depth < MaxDepth && FindGutter(lines) is { } gutter)
        {
            // Lines that cross the gutter (titles, wide tables) end a band; inside a band the left column comes first.
            int start = 0;
            while (start < lines.Count)
            {
                bool crosses = Crosses(lines[start], gutter);
                int end = start;
                while (end < lines.Count && Crosses(lines[end], gutter) == crosses)
                {
                    end++;
                }

                List<Line> band = lines.GetRange(start, end - start);
                if (!crosses && Split(band, gutter) is var (left, right) && IsProse(left) && IsProse(right))
                {
                    Place(left, sorted, ref column, depth + 1);
                    Place(right, sorted, ref column, depth + 1);
                }
                else
                {
                    Emit(band, sorted, ref column);
                }

                start = end;
            }
        }
        else
        {
            Emit(lines, sorted, ref column);
        }
    }

    private static void Emit(List<Line> lines, List<Line> sorted, ref int column)
    {
        float left = lines.Min(line => line.Left);
        float right = lines.Max(line => line.Right);
        column++;
        foreach (Line line in lines)
        {
            line.ColumnLeft = left;
            line.ColumnRight = right;
            line.Column = column;
        }

        sorted.AddRange(lines);
    }

    /// <summary>The strip that most runs of lines leave empty and that has prose on both sides; its middle, or null.</summary>
    private static float? FindGutter(List<Line> lines)
    {
        if (lines.Count < MinLines)
        {
            return null;
        }

        float left = lines.Min(line => line.Left), right = lines.Max(line => line.Right);
        float width = right - left;
        if (width < 100)
        {
            return null;
        }

        float? best = null;
        int bestCount = 0;
        for (float x = left + (0.2f * width); x < right - (0.2f * width); x += 2)
        {
            if (!CanPart(lines, x, bestCount))
            {
                continue;
            }

            List<Line> clear = lines.FindAll(line => !Crosses(line, x));
            if (Split(clear, x) is var (leftPart, rightPart) && IsProse(leftPart) && IsProse(rightPart))
            {
                (best, bestCount) = (x, clear.Count);
            }
        }

        return best;
    }

    /// <summary>The cheap part of the question, which settles it at most places: more lines than <paramref name="best"/> leave the place empty, and both sides may be prose.</summary>
    private static bool CanPart(List<Line> lines, float x, int best)
    {
        int clear = 0;
        Side before = default, after = default;
        foreach (Line line in lines)
        {
            if (Crosses(line, x))
            {
                continue;
            }

            clear++;
            int split = 0;
            while (split < line.Cells.Count && line.Cells[split].Right <= x)
            {
                split++;
            }

            before.Add(line.Cells, 0, split);
            after.Add(line.Cells, split, line.Cells.Count);
        }

        return clear > best && before.CanBeProse && after.CanBeProse;
    }

    /// <summary>What <see cref="IsProse"/> asks of one side, but for the widths.</summary>
    private struct Side
    {
        private int lines, running, words;

        public readonly bool CanBeProse => lines >= MinLines && running >= RunningShare * lines && words >= WordsOfALine * lines;

        public void Add(List<Cell> cells, int first, int end)
        {
            if (first == end)
            {
                return;
            }

            lines++;
            running += end - first == 1 && cells[first].Words.Count >= WordsOfRunningText ? 1 : 0;
            for (int i = first; i < end; i++)
            {
                words += cells[i].Words.Count;
            }
        }
    }

    private static bool Crosses(Line line, float x)
    {
        const float HalfGutter = 3;
        foreach (Cell cell in line.Cells)
        {
            if (cell.Left < x + HalfGutter && cell.Right > x - HalfGutter)
            {
                return true;
            }
        }

        return false;
    }

    private static (List<Line> Left, List<Line> Right) Split(List<Line> lines, float x)
    {
        var left = new List<Line>();
        var right = new List<Line>();
        foreach (Line line in lines)
        {
            Add(left, line, line.Cells.FindAll(cell => cell.Right <= x));
            Add(right, line, line.Cells.FindAll(cell => cell.Left >= x));
        }

        return (left, right);
    }

    private static void Add(List<Line> lines, Line whole, List<Cell> cells)
    {
        if (cells.Count > 0)
        {
            lines.Add(new Line { Cells = cells, Baseline = whole.Baseline, Size = cells.SelectMany(cell => cell.Words).MaxBy(word => word.Text.Length)!.Size, Turn = whole.Turn });
        }
    }

    /// <summary>Running text fills its column and has several words a line; the cells of a table do not.</summary>
    private static bool IsProse(List<Line> lines)
    {
        if (lines.Count < MinLines)
        {
            return false;
        }

        float width = lines.Max(line => line.Right) - lines.Min(line => line.Left);
        int full = lines.Count(line => line.Cells.Count == 1 && line.Cells[0].Words.Count >= WordsOfRunningText && line.Right - line.Left > 0.6f * width);
        double words = lines.Average(line => line.Cells.Sum(cell => cell.Words.Count));
        return full >= RunningShare * lines.Count && words >= WordsOfALine;
    }
}
