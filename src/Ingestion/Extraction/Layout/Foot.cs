namespace Rag.Ingestion.Extraction.Layout;

/// <summary>What stands together on a line: a cell, or the mark of a note and the cell after it.</summary>
/// <param name="small">Smaller than the page's text.</param>
internal sealed class FootPiece(List<Cell> cells, List<Word> words, float baseline, float size, bool small)
{
    private const float MarkGap = 4;   // between a mark and its note at most, in sizes of the line

    public List<Cell> Cells { get; } = cells;
    public List<Word> Words { get; } = words;
    public float Baseline { get; } = baseline;
    public float Size { get; } = size;
    public bool Small { get; } = small;
    public float Left => Words[0].Left;
    public float Right => Words[^1].Right;

    /// <summary>A number alone at the foot of a page, "iv", "Page 3 of 9".</summary>
    public bool IsPageNumber => Words.Count <= 4 && Words.TrueForAll(word => word.Text is "Page" or "page" or "p." or "of" ||
        (word.Text.Length <= 6 && word.Text.All(c => char.IsAsciiDigit(c) || "ivxlcIVXLC-–—/|.[]()".Contains(c, StringComparison.Ordinal))));

    public bool Overlaps(float left, float right) => Left < right && Right > left;

    public static List<FootPiece> Of(List<Line> lines, float limit)
    {
        var pieces = new List<FootPiece>(lines.Count * 2);
        foreach (Line line in lines)
        {
            for (int i = 0; i < line.Cells.Count; i++)
            {
                Cell cell = line.Cells[i];
                float size = FootnoteMark.SizeOf(cell.Words);
                if (i + 1 < line.Cells.Count && cell.Words.Count == 1 && WithNext(cell, line.Cells[i + 1], line.Baseline, limit) is { } both)
                {
                    pieces.Add(both);
                    i++;
                }
                else
                {
                    pieces.Add(new FootPiece([cell], cell.Words, line.Baseline, size, size <= limit));
                }
            }
        }

        return pieces;
    }

    private static FootPiece? WithNext(Cell mark, Cell next, float baseline, float limit)
    {
        float size = FootnoteMark.SizeOf(next.Words);
        if (size > limit || next.Left - mark.Right > MarkGap * size)
        {
            return null;
        }

        List<Word> words = [.. mark.Words, .. next.Words];
        return FootnoteMark.Of(words, size) is { } found && found.Length >= mark.Words[0].Text.Length ? new FootPiece([mark, next], words, baseline, size, small: true) : null;
    }
}

/// <summary>The lowest lines of a column that are set small.</summary>
internal sealed class Foot(FootPiece lowest)
{
    private const float Apart = 2.1f;       // from line to line at most, in sizes of the upper one
    private const int MostTrailing = 3;     // lines of small print below the notes
    private const int Most = 8;             // a page with more columns than that has no notes
    private const int MostPieces = 300;     // of one foot; more are no notes either

    /// <summary>From the lowest up, all below each other.</summary>
    public List<FootPiece> Pieces { get; } = [lowest];
    public float Left { get; private set; } = lowest.Left;
    public float Right { get; private set; } = lowest.Right;

    /// <summary>How wide the text above is; what stands above that is no foot of a column.</summary>
    private (float Left, float Right) reach = (lowest.Left, lowest.Right);

    /// <summary>The first line above that does not belong to it; null until it was met.</summary>
    public FootPiece? Above { get; private set; }

    public FootPiece Top => Pieces[^1];
    public FootPiece Lowest => Pieces[0];

    private bool MayHoldNotes => Pieces.TrueForAll(piece => piece.Small) && Pieces.Exists(piece => FootnoteMark.MayBegin(piece.Words[0]));

    /// <summary>A line about rights, or the page's number.</summary>
    private bool Trails => Pieces.Count <= MostTrailing && (!MayHoldNotes || (Pieces.Count == 1 && Lowest.IsPageNumber));

    /// <param name="pieces">Of a page, from top to bottom, without its footer.</param>
    /// <returns>Those that may be notes.</returns>
    public static List<Foot> Of(List<FootPiece> pieces)
    {
        var feet = new List<Foot>();
        for (int i = pieces.Count - 1; i >= 0; i--)
        {
            FootPiece piece = pieces[i];
            feet.RemoveAll(foot => foot.Above is null && piece.Overlaps(foot.Left, foot.Right) && foot.IsFarBelow(piece) && foot.Trails);
            List<Foot> below = feet.FindAll(foot => piece.Overlaps(foot.reach.Left, foot.reach.Right));
            List<Foot> open = below.FindAll(foot => foot.Above is null);
            if (open.Count < below.Count || (open.Count > 0 && (!piece.Small || open.Exists(foot => foot.IsFarBelow(piece)))))
            {
                foreach (Foot foot in below)
                {
                    foot.Above ??= piece;
                    foot.reach = (Math.Min(foot.reach.Left, piece.Left), Math.Max(foot.reach.Right, piece.Right));
                }
            }
            else if (open.Count > 0)
            {
                open[0].Add(piece, open[1..]);
                feet.RemoveAll(foot => foot != open[0] && open.Contains(foot));
                if (open[0].Pieces.Count > MostPieces)
                {
                    return [];
                }
            }
            else
            {
                // Text to the foot of its column has nothing below it.
                feet.Add(new Foot(piece) { Above = piece.Small || piece.IsPageNumber ? null : piece });
                if (feet.Count > Most)
                {
                    return [];
                }
            }
        }

        return feet.FindAll(foot => foot.Above is not null && foot.MayHoldNotes);
    }

    /// <summary>A footer that no other page has stands alone, far below all else.</summary>
    /// <returns>How many of the pieces are above it.</returns>
    public static int AboveFooter(List<FootPiece> pieces)
    {
        int first = pieces.Count - 1;
        while (first > 0 && pieces[first - 1].Baseline >= pieces[^1].Baseline)
        {
            first--;
        }

        bool notes = pieces[first..].TrueForAll(piece => piece.Small) && FootnoteMark.MayBegin(pieces[first].Words[0]);
        return first == 0 || notes || pieces[^1].Baseline - pieces[first - 1].Baseline < Apart * pieces[first].Size ? pieces.Count : first;
    }

    /// <returns>The mark of each line from the top, null where a note goes on; null all in all where these are no notes.</returns>
    /// <param name="calls">Marks that the text calls.</param>
    public List<FootnoteMark?>? Marks(HashSet<string> calls)
    {
        var marks = new List<FootnoteMark?>(Pieces.Count);
        var symbols = new HashSet<string>();
        int? number = null;
        for (int i = Pieces.Count - 1; i >= 0; i--)
        {
            FootnoteMark? mark = FootnoteMark.Of(Pieces[i].Words, Pieces[i].Size);
            if (mark is { } found && (found.Number is null || number is null || found.Number == number + 1) && (!found.IsPlain || calls.Contains(found.Key)))
            {
                if (found.Number is null && !symbols.Add(found.Key))
                {
                    return null;   // "*" before each line: a list
                }

                number = found.Number ?? number;
                marks.Add(found);
            }
            else
            {
                marks.Add(null);
            }
        }

        // What goes on from the page before stands above the first mark. There, and below other small print, the text must call it.
        // So it must where several lines are numbered: a program.
        int first = marks.FindIndex(mark => mark is not null);
        bool doubtful = first > 0 || Above!.Small || marks.Count(mark => mark?.Number is not null) > 1;
        return first < 0 || (doubtful && !marks.Exists(mark => mark is { } found && calls.Contains(found.Key))) ? null : marks;
    }

    private bool IsFarBelow(FootPiece piece) => Top.Baseline - piece.Baseline > Apart * piece.Size;

    private void Add(FootPiece piece, List<Foot> beside)
    {
        foreach (Foot foot in beside)
        {
            Pieces.AddRange(foot.Pieces);
            (Left, Right) = (Math.Min(Left, foot.Left), Math.Max(Right, foot.Right));
        }

        if (beside.Count > 0)
        {
            Pieces.Sort(static (one, other) => other.Baseline.CompareTo(one.Baseline));
        }

        Pieces.Add(piece);
        (Left, Right) = reach = (Math.Min(Left, piece.Left), Math.Max(Right, piece.Right));
    }
}
