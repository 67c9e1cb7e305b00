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
        var words = new List<Word>(32);
        foreach (GlyphRow row in GlyphRows.Of(glyphs))
        {
            (float size, float baseline) = row.Middle();   // one big check box does not make a heading
            List<Cell> cells = Cells(CollectionsMarshal.AsSpan(row.Glyphs), words);
            if (cells.Count > 0)
            {
                lines.Add(new Line { Cells = cells, Turn = turn, Baseline = baseline, Size = size });
            }
        }

        return lines;
    }

    /// <param name="row">From left to right. The letters of a word are moved together here where others stand between them.</param>
    /// <param name="words">Lent: those of the cell at hand.</param>
    private static List<Cell> Cells(Span<Glyph> row, List<Word> words)
    {
        float tracking = Tracking(row);
        var cells = new List<Cell>(1);
        words.Clear();
        int first = 0, end = 0;   // of the word at hand
        bool blank = false;
        for (int i = 0; i < row.Length; i++)
        {
            ref readonly Glyph glyph = ref row[i];
            if (glyph.IsBlank)
            {
                blank = true;
                continue;
            }

            if (end > first)
            {
                ref readonly Glyph last = ref row[end - 1];
                float size = Math.Max(last.Size, glyph.Size);
                float gap = glyph.Left - last.Right;
                if (glyph.Left - last.Left < PaintedTwice * size && glyph.Text == last.Text)
                {
                    continue;   // poor man's bold: the same letter painted twice, a little apart
                }

                // A blank glyph that the letters around it leave no room for parts no words (kerned or tracked text).
                if (gap > (tracking + WordGap) * size || (blank && gap > (tracking + BlankGap) * size))
                {
                    words.Add(ToWord(row[first..end]));
                    first = end = i;
                    if (gap > CellGap * size)
                    {
                        cells.Add(new Cell([.. words]));
                        words.Clear();
                    }
                }
            }
            else
            {
                first = end = i;
            }

            if (end != i)
            {
                row[end] = glyph;
            }

            end++;
            blank = false;
        }

        if (end > first)
        {
            words.Add(ToWord(row[first..end]));
        }

        if (words.Count > 0)
        {
            cells.Add(new Cell([.. words]));
        }

        return cells;
    }

    /// <summary>What stands between the letters of every word of a tracked line, in em; 0 for ordinary lines and for those too short to tell.</summary>
    private static float Tracking(ReadOnlySpan<Glyph> row)
    {
        const int enough = 6;
        const float kerning = 0.05f, cells = 0.6f;
        Span<float> gaps = row.Length <= 512 ? stackalloc float[row.Length] : new float[row.Length];
        int count = 0, wide = 0;
        bool before = false;   // that letter counts, not the dots that lead to a page number
        for (int i = 0; i < row.Length; i++)
        {
            ref readonly Glyph glyph = ref row[i];
            bool counts = char.IsLetterOrDigit(glyph.Text[0]);
            if (counts && before)
            {
                ref readonly Glyph last = ref row[i - 1];
                gaps[count] = (glyph.Left - last.Right) / Math.Max(glyph.Size, last.Size);
                wide += gaps[count++] > kerning ? 1 : 0;
            }

            before = counts;
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
            float start = Math.Max(edge, glyph.Left);
            float end = Math.Max(start, glyph.Right);
            for (int i = 1; i <= glyph.Text.Length; i++)
            {
                text[next] = glyph.Text[i - 1];
                edges[next++] = start + ((end - start) * i / glyph.Text.Length);   // the letters of a ligature share its width
            }

            edge = end;
            size = Math.Max(size, glyph.Size);
            bold &= glyph.Bold;
            italic &= glyph.Italic;
        }

        return new Word { Text = new string(text), Left = run[0].Left, Edges = edges, Size = size, Bold = bold, Italic = italic, FirstSize = run[0].Size, LastSize = run[^1].Size };
    }
}
