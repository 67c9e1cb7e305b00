using System.Runtime.InteropServices;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>
/// Puts lines in the order a person reads them. Where an empty strip parts two texts over several lines, the left one comes first;
/// where it parts the cells of a table, the rows stay whole. Splits again inside each column.
/// </summary>
internal static class ReadingOrder
{
    private const int MinLines = 4;
    private const int MaxDepth = 3;

    private const float HalfGutter = 3;     // points
    private const float FullShare = 0.6f;   // of its column that a full line takes

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

        List<Extent> cells = Extents(lines);
        float? best = null;
        int bestCount = 0;
        for (float x = left + (0.2f * width); x < right - (0.2f * width); x += 2)
        {
            if (Parts(CollectionsMarshal.AsSpan(cells), x, bestCount) is { } clear)
            {
                (best, bestCount) = (x, clear);
            }
        }

        return best;
    }

    /// <summary>A cell's place; where a line begins, a mark. In one piece, because each place on a page asks all of them.</summary>
    private readonly record struct Extent(float Left, float Right, int Words, bool BeginsLine);

    private static List<Extent> Extents(List<Line> lines)
    {
        var cells = new List<Extent>(lines.Count * 2);
        foreach (Line line in lines)
        {
            for (int i = 0; i < line.Cells.Count; i++)
            {
                cells.Add(new Extent(line.Cells[i].Left, line.Cells[i].Right, line.Cells[i].Words.Count, i == 0));
            }
        }

        return cells;
    }

    /// <summary>How many lines leave <paramref name="x"/> empty, where they are more than <paramref name="best"/> and have prose on both sides; else null.</summary>
    private static int? Parts(ReadOnlySpan<Extent> cells, float x, int best)
    {
        int clear = 0;
        Side before = Side.Empty, after = Side.Empty;
        for (int i = 0; i < cells.Length;)
        {
            (int split, int end, bool crosses) = LineAt(cells, i, x);
            if (!crosses)
            {
                clear++;
                before.Add(cells[i..split]);
                after.Add(cells[split..end]);
            }

            i = end;
        }

        if (clear <= best || !before.MayBeProse || !after.MayBeProse)
        {
            return null;
        }

        int fullBefore = 0, fullAfter = 0;
        for (int i = 0; i < cells.Length;)
        {
            (int split, int end, bool crosses) = LineAt(cells, i, x);
            fullBefore += !crosses && before.IsFull(cells[i..split]) ? 1 : 0;
            fullAfter += !crosses && after.IsFull(cells[split..end]) ? 1 : 0;
            i = end;
        }

        return fullBefore >= RunningShare * before.Lines && fullAfter >= RunningShare * after.Lines ? clear : null;
    }

    /// <returns>The first cell that ends behind <paramref name="x"/>, the first of the next line, and whether one crosses.</returns>
    private static (int Split, int End, bool Crosses) LineAt(ReadOnlySpan<Extent> cells, int first, float x)
    {
        int split = first, end = first;
        do
        {
            if (cells[end].Left < x + HalfGutter && cells[end].Right > x - HalfGutter)
            {
                for (end++; end < cells.Length && !cells[end].BeginsLine; end++)
                {
                }

                return (split, end, true);
            }

            split += split == end && cells[end].Right <= x ? 1 : 0;
            end++;
        }
        while (end < cells.Length && !cells[end].BeginsLine);

        return (split, end, false);
    }

    /// <summary>What <see cref="IsProse"/> asks, of one side of a place.</summary>
    private struct Side
    {
        public static readonly Side Empty = new() { left = float.PositiveInfinity, right = float.NegativeInfinity };

        private int running, words;
        private float left, right;

        public int Lines { get; private set; }

        public readonly bool MayBeProse => Lines >= MinLines && running >= RunningShare * Lines && words / (double)Lines >= WordsOfALine;

        public void Add(ReadOnlySpan<Extent> cells)
        {
            if (cells.IsEmpty)
            {
                return;
            }

            Lines++;
            running += cells.Length == 1 && cells[0].Words >= WordsOfRunningText ? 1 : 0;
            left = Math.Min(left, cells[0].Left);
            right = Math.Max(right, cells[^1].Right);
            foreach (ref readonly Extent cell in cells)
            {
                words += cell.Words;
            }
        }

        public readonly bool IsFull(ReadOnlySpan<Extent> cells) =>
            cells.Length == 1 && cells[0].Words >= WordsOfRunningText && cells[0].Right - cells[0].Left > FullShare * (right - left);
    }

    private static bool Crosses(Line line, float x)
    {
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
        int full = lines.Count(line => line.Cells.Count == 1 && line.Cells[0].Words.Count >= WordsOfRunningText && line.Right - line.Left > FullShare * width);
        double words = lines.Average(line => line.Cells.Sum(cell => cell.Words.Count));
        return full >= RunningShare * lines.Count && words >= WordsOfALine;
    }
}
