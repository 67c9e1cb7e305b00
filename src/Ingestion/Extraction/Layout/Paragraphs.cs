namespace Rag.Ingestion.Extraction.Layout;

/// <summary>Decides which lines belong to one paragraph, and what kind of block it is.</summary>
internal sealed class Paragraphs(DocumentStyle style, List<Line> lines)
{
    private const int MaxHeading = 160;

    private readonly float pitch = Pitch(lines);

    /// <summary>Index after the last line of the block that begins at <paramref name="first"/>; a table may not be entered.</summary>
    public int End(int first, int limit)
    {
        int end = first + 1;
        while (end < limit && Continues(first, end))
        {
            end++;
        }

        return end;
    }

    public BlockKind Kind(int first, int end, string text, out float rank)
    {
        rank = end - first <= 2 && text.Length <= MaxHeading && text.Count(char.IsLetter) >= 2 ? style.HeadingRank(lines[first]) : 0;
        if (rank > 0 && (text[^1] is ',' or ';' or ':' || (text[^1] == '.' && (text.Length > 60 || text.Contains(". ", StringComparison.Ordinal)))))
        {
            rank = 0;
        }

        return rank > 0 ? BlockKind.Heading : StartsWithMarker(lines[first]) ? BlockKind.ListItem : BlockKind.Paragraph;
    }

    private bool Continues(int first, int index)
    {
        Line last = lines[index - 1], next = lines[index];
        float size = Math.Max(last.Size, next.Size);
        if (last.Turn != next.Turn || last.Bold != next.Bold || Math.Abs(last.Size - next.Size) > 0.15f * size)
        {
            return false;
        }

        if (last.Column != next.Column)
        {
            return GoesOnInNextColumn(last, next);
        }

        float step = next.Baseline - last.Baseline;
        if (step <= 0 || step > Math.Max(1.25f * pitch, 1.3f * size) || step > 2.6f * size)
        {
            return false;
        }

        if (StartsWithMarker(next) && (!IsFull(last, index) || !char.IsLetterOrDigit(next.Cells[0].Words[0].Text.TrimStart('(')[0])))
        {
            return false;
        }

        float heading = style.HeadingRank(last);
        if (heading != style.HeadingRank(next))
        {
            return false;
        }

        bool firstOfBlock = index - 1 == first;
        bool indented = next.Left > last.Left + size && !(firstOfBlock && StartsWithMarker(last));
        bool outdented = next.Left < last.Left - size && !firstOfBlock;
        if (heading == 0 && (outdented || (indented && EndsSentence(last))))
        {
            return false;
        }

        return IsFull(last, index);
    }

    /// <summary>A sentence broken off at the foot of one column goes on at the head of the column to its right.</summary>
    private bool GoesOnInNextColumn(Line last, Line next)
    {
        Word word = next.Cells[0].Words[0];
        return next.Column == last.Column + 1 && next.ColumnLeft > last.ColumnRight && next.Baseline < last.Baseline &&
            last.Cells.Count == 1 && next.Cells.Count == 1 && char.IsLower(word.Text[0]) && !EndsSentence(last) && !StartsWithMarker(next) &&
            style.HeadingRank(last) == 0 && style.HeadingRank(next) == 0 && !lines.Exists(line => IsRightBelow(line, last)) &&
            (last.LastWord.Text[^1] == '-' || last.Right + (0.25f * last.Size) + (word.Right - word.Left) > last.ColumnRight - (0.3f * last.Size));
    }

    /// <summary>A column may end only because the line below it reaches into the next one. Notes below it are smaller.</summary>
    private static bool IsRightBelow(Line line, Line last) =>
        line.Turn == last.Turn && line.Size > 0.92f * last.Size && line.Baseline > last.Baseline && line.Baseline < last.Baseline + (1.8f * last.Size) && line.Left < last.Right && line.Right > last.Left;

    /// <summary>True where the next line's first word would not have fitted, so the line was broken for want of room.</summary>
    private bool IsFull(Line last, int index)
    {
        Line next = lines[index];
        if (last.LastWord.Text is [.., var letter, '-'] && char.IsLetter(letter) && char.IsLower(next.Cells[0].Words[0].Text[0]))
        {
            return true;
        }

        float right = Math.Max(last.Right, next.Right);
        foreach (int near in (int[])[index - 2, index + 1])
        {
            if (near >= 0 && near < lines.Count && lines[near].Column == last.Column && lines[near].Cells.Count == 1 &&
                Math.Abs(lines[near].Baseline - last.Baseline) < 3 * pitch)
            {
                right = Math.Max(right, lines[near].Right);
            }
        }

        Word word = next.Cells[0].Words[0];
        return last.Right + (0.25f * last.Size) + (word.Right - word.Left) > right - (0.3f * last.Size);
    }

    private static bool EndsSentence(Line line) => line.LastWord.Text[^1] is '.' or ':' or '?' or '!' or '”' or '"' or ')';

    private static bool StartsWithMarker(Line line)
    {
        string word = line.Cells[0].Words[0].Text;
        return line.Cells[0].Words.Count > 1 && CellText.IsMarker(word) && !(char.IsAsciiDigit(word[0]) && word.Length > 4);
    }

    /// <summary>The usual distance between baselines of running text, in points.</summary>
    private static float Pitch(List<Line> lines)
    {
        var steps = new List<float>();
        for (int i = 1; i < lines.Count; i++)
        {
            float step = lines[i].Baseline - lines[i - 1].Baseline;
            if (lines[i].Column == lines[i - 1].Column && lines[i].Cells.Count == 1 && step > 0.8f * lines[i].Size && step < 2.6f * lines[i].Size)
            {
                steps.Add(step);
            }
        }

        steps.Sort();
        return steps.Count == 0 ? 13 : steps[steps.Count / 3];   // the lower third: gaps between paragraphs are the larger ones
    }
}
