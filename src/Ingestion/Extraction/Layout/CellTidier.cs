namespace Rag.Ingestion.Extraction.Layout;

/// <summary>Joins cells that are one thing to a reader: "$" and its figure, a figure and its ")", a bullet and its text.</summary>
internal static class CellTidier
{
    public static void Tidy(Line line)
    {
        List<Cell> cells = line.Cells;
        JoinCurrency(cells);
        for (int i = cells.Count - 2; i >= 0; i--)
        {
            string text = cells[i].Text;
            if (CellText.IsSuffix(cells[i + 1].Text) && text.Length > 0 && (char.IsAsciiDigit(text[^1]) || text[^1] == ')'))
            {
                cells[i] = new Cell([.. cells[i].Words[..^1], Glue(cells[i].Words[^1], cells[i + 1].Words[0])]);
                cells.RemoveAt(i + 1);
            }
        }

        while (cells.Count > 1 && CellText.IsMarker(cells[0].Text) && !CellText.IsFigure(cells[1].Text))
        {
            cells[0] = new Cell([.. cells[0].Words, .. cells[1].Words]);
            cells.RemoveAt(1);
        }
    }

    /// <summary>"$", wherever it stands, begins the cell of the figure after it: "(3,326) $ | 4,383" becomes "(3,326) | $4,383".</summary>
    private static void JoinCurrency(List<Cell> cells)
    {
        for (int c = cells.Count - 1; c >= 0; c--)
        {
            List<Word> words = cells[c].Words;
            for (int w = words.Count - 2; w >= 0; w--)
            {
                if (CellText.IsCurrency(words[w].Text) && CellText.IsFigure(words[w + 1].Text))
                {
                    words[w] = Glue(words[w], words[w + 1]);
                    words.RemoveAt(w + 1);
                }
            }

            if (c + 1 < cells.Count && CellText.IsCurrency(words[^1].Text) && CellText.IsFigure(cells[c + 1].Words[0].Text))
            {
                cells[c + 1] = new Cell([Glue(words[^1], cells[c + 1].Words[0]), .. cells[c + 1].Words[1..]]);
                words.RemoveAt(words.Count - 1);
                if (words.Count == 0)
                {
                    cells.RemoveAt(c);
                }
            }
        }
    }

    private static Word Glue(Word first, Word second) => new()
    {
        Text = first.Text + second.Text,
        Left = first.Left,
        Edges = [.. first.Edges, .. second.Edges],
        Size = Math.Max(first.Size, second.Size),
        Bold = first.Bold && second.Bold,
        Italic = first.Italic && second.Italic,
        FirstSize = first.FirstSize,
        LastSize = second.LastSize,
    };
}
