using System.Text;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>Glyphs → words → cells → lines. Nothing here relies on the order in which the file paints.</summary>
internal static class LineBuilder
{
    // All in em.
    private const float SameBaseline = 0.25f;
    private const float WordGap = 0.22f;
    private const float CellGap = 1.1f;
    private const float PaintedTwice = 0.12f;

    /// <summary>Lines from top to bottom; across columns they are still one line with several cells.</summary>
    public static List<Line> Build(IReadOnlyList<Glyph> glyphs, Turn turn)
    {
        var lines = new List<Line>();
        foreach (List<Glyph> row in Rows(glyphs))
        {
            List<Cell> cells = Cells(row);
            if (cells.Count > 0)
            {
                lines.Add(new Line
                {
                    Cells = cells,
                    Turn = turn,
                    Baseline = Median(row.Where(glyph => !glyph.IsBlank).Select(glyph => glyph.Baseline)),
                    Size = Median(row.Where(glyph => !glyph.IsBlank).Select(glyph => glyph.Size)),   // one big check box does not make a heading
                });
            }
        }

        return lines;
    }

    private static List<List<Glyph>> Rows(IReadOnlyList<Glyph> glyphs)
    {
        var rows = new List<List<Glyph>>();
        List<Glyph>? row = null;
        float baseline = 0;
        foreach (Glyph glyph in glyphs.OrderBy(glyph => glyph.Baseline))
        {
            if (row is null || glyph.Baseline - baseline > SameBaseline * Math.Max(1, Math.Min(glyph.Size, row[0].Size)))
            {
                rows.Add(row = []);
                baseline = glyph.Baseline;
            }

            row.Add(glyph);
        }

        rows.RemoveAll(candidate => candidate.TrueForAll(glyph => glyph.IsBlank));
        return MergeRaised(rows);
    }

    /// <summary>Superscripts and subscripts join the line they belong to, so "10⁵" and footnote marks stay in place.</summary>
    private static List<List<Glyph>> MergeRaised(List<List<Glyph>> rows)
    {
        for (int i = rows.Count - 1; i >= 0; i--)
        {
            float size = rows[i].Max(glyph => glyph.Size);
            foreach (int neighbour in (int[])[i + 1, i - 1])
            {
                if (neighbour >= 0 && neighbour < rows.Count && BelongsTo(rows[i], size, rows[neighbour]))
                {
                    rows[neighbour].AddRange(rows[i]);
                    rows.RemoveAt(i);
                    break;
                }
            }
        }

        return rows;
    }

    private static bool BelongsTo(List<Glyph> small, float size, List<Glyph> big)
    {
        float bigSize = big.Max(glyph => glyph.Size);
        if (size > 0.85f * bigSize || Math.Abs(small[0].Baseline - big[0].Baseline) > 0.55f * bigSize)
        {
            return false;
        }

        return small.Where(glyph => !glyph.IsBlank).All(glyph => big.Exists(other =>
            !other.IsBlank && glyph.Left - other.Right < 0.6f * bigSize && other.Left - glyph.Right < 0.6f * bigSize));
    }

    private static List<Cell> Cells(List<Glyph> row)
    {
        row.Sort(static (a, b) => a.Left.CompareTo(b.Left));
        var cells = new List<Cell>();
        var words = new List<Word>();
        var run = new List<Glyph>();
        bool blank = false;
        foreach (Glyph glyph in row)
        {
            if (glyph.IsBlank)
            {
                blank = true;
                continue;
            }

            if (run.Count > 0)
            {
                Glyph last = run[^1];
                float size = Math.Max(last.Size, glyph.Size);
                float gap = glyph.Left - last.Right;
                if (glyph.Text == last.Text && glyph.Left - last.Left < PaintedTwice * size)
                {
                    continue;   // poor man's bold: the same letter painted twice, a little apart
                }

                // A blank glyph that the letters around it leave no room for parts no words (kerned or tracked text).
                if (gap > WordGap * size || (blank && gap > 0.08f * size))
                {
                    words.Add(ToWord(run));
                    run.Clear();
                    if (gap > CellGap * size)
                    {
                        cells.Add(new Cell(words));
                        words = [];
                    }
                }
            }

            run.Add(glyph);
            blank = false;
        }

        if (run.Count > 0)
        {
            words.Add(ToWord(run));
        }

        if (words.Count > 0)
        {
            cells.Add(new Cell(words));
        }

        return cells;
    }

    private static Word ToWord(List<Glyph> run)
    {
        var text = new StringBuilder();
        var edges = new List<float>(run.Count);
        float edge = run[0].Left;
        foreach (Glyph glyph in run)
        {
            text.Append(glyph.Text);
            float start = Math.Max(edge, glyph.Left);
            float end = Math.Max(start, glyph.Right);
            for (int i = 1; i <= glyph.Text.Length; i++)
            {
                edges.Add(start + ((end - start) * i / glyph.Text.Length));   // the letters of a ligature share its width
            }

            edge = end;
        }

        return new Word
        {
            Text = text.ToString(),
            Left = run[0].Left,
            Edges = [.. edges],
            Size = run.Max(glyph => glyph.Size),
            Bold = run.TrueForAll(glyph => glyph.Bold),
            Italic = run.TrueForAll(glyph => glyph.Italic),
        };
    }

    private static float Median(IEnumerable<float> values)
    {
        float[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
