namespace Rag.Ingestion.Extraction.Layout;

/// <summary>
/// Footnotes: set small at the foot of a page or of a column, a gap below its text, each begun by a mark. They are parted from the text before the reading order
/// is decided: the text goes on in the next column as if they were not there. (The rule above notes is not looked for; it stands in the gap.)
/// </summary>
internal static class Footnotes
{
    private const float SmallShare = 0.9f;   // of the size of the page's text
    private const float Slack = 0.05f;       // points; sizes are seldom round
    private const int FullLines = 3;         // so many lines of the document's size, and the page is not one of small print
    private const float FullShare = 0.95f;   // of the document's size

    // In pitches of the text above.
    private const float GapAbove = 1.18f;

    // In sizes of a line.
    private const float UsualPitch = 1.25f;
    private const float SameLine = 0.5f;

    private const int LinesAbove = 8;        // tell how wide the column is

    /// <param name="lines">Of one page, from top to bottom; they are not changed.</param>
    /// <returns>The text without its notes, and the lines of the notes: those of the left column first, each note a column of its own, numbered from 1.</returns>
    public static (List<Line> Text, List<Line> Notes) Part(List<Line> lines, DocumentStyle style)
    {
        float body = TextSize(lines, style.BodySize);
        float limit = (SmallShare * body) + Slack;
        if (!lines.Exists(line => line.Cells.Exists(cell => FootnoteMark.MayBegin(cell.Words[0]) && FootnoteMark.SizeOf(cell.Words) <= limit)))
        {
            return (lines, []);   // nearly every page
        }

        List<FootPiece> pieces = FootPiece.Of(lines, limit);
        int footer = Foot.AboveFooter(pieces);
        float footerLine = footer < pieces.Count ? pieces[footer].Baseline : float.PositiveInfinity;
        pieces.RemoveRange(footer, pieces.Count - footer);
        List<Foot> feet = Foot.Of(pieces);
        if (feet.Count == 0)
        {
            return (lines, []);
        }

        HashSet<string> calls = FootnoteMark.Calls(lines, limit);
        var found = new List<(Foot Foot, List<FootnoteMark?> Marks)>();
        foreach (Foot foot in feet.OrderBy(foot => foot.Left))
        {
            if (!IsHeading(foot.Above!, body, style) && IsSetOff(foot, pieces) && foot.Marks(calls) is { } marks)
            {
                found.Add((foot, marks));
            }
        }

        var taken = new HashSet<Cell>(found.SelectMany(each => each.Foot.Pieces).SelectMany(piece => piece.Cells));
        int? last = found.Count == 0 ? null : found.Max(each => each.Marks.Max(mark => mark?.Number));
        if (found.Count == 0 || pieces.Exists(piece => piece.Small && !taken.Contains(piece.Cells[0]) && FootnoteMark.Of(piece.Words, piece.Size) is { IsPlain: false, Number: { } next } && next == last + 1))
        {
            return (lines, []);   // numbered on at the head of the next column: a list of references
        }

        var notes = new List<Line>();
        found.ForEach(each => Take(each.Foot, each.Marks, notes));
        List<Line> text = Without(lines, taken);
        foreach (Line line in text.FindAll(line => line.Baseline >= footerLine))
        {
            (line.Column, line.ColumnLeft, line.ColumnRight) = (notes[^1].Column + 1, line.Left, line.Right);
            notes.Add(line);   // stays last
            text.Remove(line);
        }

        return (text, notes);
    }

    /// <summary>Most letters of the page are as large; where notes fill most of it, the document's text still is what they are smaller than.</summary>
    private static float TextSize(List<Line> lines, float documentSize)
    {
        Span<int> letters = stackalloc int[64];   // by half points
        letters.Clear();
        int full = 0, most = 0;
        foreach (Line line in lines)
        {
            full += line.Size >= FullShare * documentSize ? 1 : 0;
            foreach (Cell cell in line.Cells)
            {
                foreach (Word word in cell.Words)
                {
                    letters[(int)Math.Min(letters.Length - 1, MathF.Round(word.Size * 2))] += word.Text.Length;
                }
            }
        }

        for (int i = 1; i < letters.Length; i++)
        {
            most = letters[i] > letters[most] ? i : most;
        }

        return most / 2f < documentSize && full >= FullLines ? documentSize : most / 2f;
    }

    private static bool IsHeading(FootPiece piece, float body, DocumentStyle style) =>
        piece.Size > 1.12f * body || (!style.BodyBold && piece.Words.TrueForAll(word => word.Bold));

    /// <summary>A gap below running text, and nothing beside the notes in their column: not the rows of a table, not what stands below one.</summary>
    private static bool IsSetOff(Foot foot, List<FootPiece> pieces)
    {
        FootPiece above = foot.Above!;
        float left = Math.Min(foot.Left, above.Left), right = Math.Max(foot.Right, above.Right);
        float pitch = UsualPitch * above.Size;
        int seen = 0;
        FootPiece last = above;
        for (int i = pieces.IndexOf(above) - 1; i >= 0 && seen < LinesAbove; i--)
        {
            FootPiece piece = pieces[i];
            float step = last.Baseline - piece.Baseline;
            if (!piece.Overlaps(last.Left, last.Right) || Math.Abs(piece.Size - above.Size) > 0.15f * above.Size)
            {
                continue;
            }

            pitch = step > above.Size && step < pitch ? step : pitch;
            (left, right) = (Math.Min(left, piece.Left), Math.Max(right, piece.Right));
            (last, seen) = (piece, seen + 1);
        }

        if (foot.Top.Baseline - above.Baseline < GapAbove * pitch)
        {
            return false;
        }

        foreach (FootPiece piece in pieces)
        {
            float slack = SameLine * piece.Size;
            bool beside = piece.Baseline > foot.Top.Baseline - slack && piece.Baseline < foot.Lowest.Baseline + slack && !foot.Pieces.Contains(piece);
            bool cells = piece != above && Math.Abs(piece.Baseline - above.Baseline) < slack;
            if ((beside || cells) && piece.Overlaps(left, right))
            {
                return false;
            }
        }

        return true;
    }

    private static void Take(Foot foot, List<FootnoteMark?> marks, List<Line> notes)
    {
        int column = notes.Count == 0 ? 1 : notes[^1].Column + 1;
        bool begins = true;   // the last line is the first of its note
        for (int i = 0; i < marks.Count; i++)
        {
            FootPiece piece = foot.Pieces[marks.Count - 1 - i];
            List<Word> words = marks[i] is { } mark ? Apart(piece.Words, mark.Length) : [.. piece.Words];
            (float baseline, float size) = (piece.Baseline, piece.Size);
            if (i > 0 && baseline - notes[^1].Baseline < SameLine * size)
            {
                // A wide gap within a note, or a mark too far from its note to have joined its line.
                Line last = notes[^1];
                words = [.. last.Words.Concat(words).OrderBy(word => word.Left)];
                (baseline, size) = last.Size > size ? (last.Baseline, last.Size) : (baseline, size);
                notes.RemoveAt(notes.Count - 1);
                if (!begins && FootnoteMark.Of(words, size) is { IsPlain: false } late)
                {
                    words = Apart(words, late.Length);
                    (begins, column) = (true, column + 1);
                }
            }
            else if (i > 0)
            {
                begins = marks[i] is not null;
                column += begins ? 1 : 0;
            }

            notes.Add(new Line { Cells = [new Cell(words)], Baseline = baseline, Size = size, ColumnLeft = foot.Left, ColumnRight = foot.Right, Column = column });
        }
    }

    /// <summary>"1See" becomes "1 See": a mark is set off from the first word by its size, not by a gap.</summary>
    private static List<Word> Apart(List<Word> words, int length)
    {
        Word first = words[0];
        return length == first.Text.Length ? [.. words] : [Part(first, 0, length, first.FirstSize), Part(first, length, first.Text.Length, first.Size), .. words[1..]];

        static Word Part(Word word, int from, int to, float size) => new()
        {
            Text = word.Text[from..to],
            Left = from == 0 ? word.Left : word.Edges[from - 1],
            Edges = word.Edges[from..to],
            Size = size,
            Bold = word.Bold,
            Italic = word.Italic,
            FirstSize = size,
            LastSize = from == 0 ? size : word.LastSize,
        };
    }

    private static List<Line> Without(List<Line> lines, HashSet<Cell> taken)
    {
        var left = new List<Line>(lines.Count);
        foreach (Line line in lines)
        {
            List<Cell> cells = line.Cells.FindAll(cell => !taken.Contains(cell));
            if (cells.Count == line.Cells.Count)
            {
                left.Add(line);
            }
            else if (cells.Count > 0)
            {
                left.Add(new Line { Cells = cells, Baseline = line.Baseline, Size = cells.Max(cell => FootnoteMark.SizeOf(cell.Words)), Turn = line.Turn });
            }
        }

        return left;
    }
}
