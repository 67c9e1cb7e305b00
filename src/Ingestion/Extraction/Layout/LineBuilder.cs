using System.Runtime.InteropServices;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>Glyphs → words → cells → lines. Nothing here relies on the order in which the file paints.</summary>
internal static class LineBuilder
{
    // All in em.
    private const float WordGap = 0.13f;        // TeX shrinks the blanks of a tight line to 0.17
    private const float BlankGap = 0.08f;       // where the file paints a blank
    private const float CellGap = 1.1f;
    private const float PaintedTwice = 0.12f;

    /// <summary>Lines from top to bottom; across columns they are still one line with several cells.</summary>
    /// <param name="glyphs">In the order in which they are painted.</param>
    public static List<Line> Build(List<Glyph> glyphs, Turn turn)
    {
        var lines = new List<Line>();
        var word = new List<Glyph>(64);
        foreach (GlyphRow row in GlyphRows.Of(glyphs))
        {
            List<Cell> cells = Cells(row.Glyphs, word);
            if (cells.Count > 0)
            {
                // Of all letters the one in the middle: one big check box does not make a heading.
                lines.Add(new Line { Cells = cells, Turn = turn, Baseline = row.MiddleBaseline(), Size = row.MiddleSize() });
            }
        }

        return lines;
    }

    /// <param name="row">From left to right.</param>
    /// <param name="run">Lent: glyphs of the word at hand.</param>
    private static List<Cell> Cells(List<Glyph> row, List<Glyph> run)
    {
        float tracking = Tracking(row);
        var cells = new List<Cell>();
        var words = new List<Word>();
        run.Clear();
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
                if (glyph.Left - last.Left < PaintedTwice * size && glyph.Text == last.Text)
                {
                    continue;   // poor man's bold: the same letter painted twice, a little apart
                }

                // A blank glyph that the letters around it leave no room for parts no words (kerned or tracked text).
                if (gap > (tracking + WordGap) * size || (blank && gap > (tracking + BlankGap) * size))
                {
                    words.Add(ToWord(CollectionsMarshal.AsSpan(run)));
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
            words.Add(ToWord(CollectionsMarshal.AsSpan(run)));
        }

        if (words.Count > 0)
        {
            cells.Add(new Cell(words));
        }

        return cells;
    }

    /// <summary>What stands between the letters of every word of a tracked line, in em; 0 for ordinary lines and for those too short to tell.</summary>
    private static float Tracking(List<Glyph> row)
    {
        const int enough = 6;
        const float kerning = 0.05f, cells = 0.6f;
        Span<float> gaps = row.Count <= 512 ? stackalloc float[row.Count] : new float[row.Count];
        int count = 0, wide = 0;
        for (int i = 1; i < row.Count; i++)
        {
            if (char.IsLetterOrDigit(row[i].Text[0]) && char.IsLetterOrDigit(row[i - 1].Text[0]))   // not the dots that lead to a page number
            {
                gaps[count] = (row[i].Left - row[i - 1].Right) / Math.Max(row[i].Size, row[i - 1].Size);
                wide += gaps[count++] > kerning ? 1 : 0;
            }
        }

        if (count < enough || wide < count - (count / 3))
        {
            return 0;
        }

        gaps = gaps[..count];
        gaps.Sort();
        return gaps[count / 3] < cells ? gaps[count / 3] : 0;   // most gaps are inside words, also where words are short; wider apart stand the cells of a table
    }

    private static Word ToWord(ReadOnlySpan<Glyph> run)
    {
        int length = 0;
        foreach (ref readonly Glyph glyph in run)
        {
            length += glyph.Text.Length;
        }

        Span<char> text = length <= 256 ? stackalloc char[length] : new char[length];
        float[] edges = new float[length];
        float edge = run[0].Left, size = 0;
        bool bold = true, italic = true;
        int next = 0;
        foreach (ref readonly Glyph glyph in run)
        {
            glyph.Text.CopyTo(text[next..]);
            float start = Math.Max(edge, glyph.Left);
            float end = Math.Max(start, glyph.Right);
            for (int i = 1; i <= glyph.Text.Length; i++)
            {
                edges[next++] = start + ((end - start) * i / glyph.Text.Length);   // the letters of a ligature share its width
            }

            edge = end;
            size = Math.Max(size, glyph.Size);
            bold &= glyph.Bold;
            italic &= glyph.Italic;
        }

        return new Word { Text = new string(text), Left = run[0].Left, Edges = edges, Size = size, Bold = bold, Italic = italic };
    }
}
