using System.Text;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>Letters without a gap between them. <see cref="Edges"/>: absolute right edge of each UTF-16 character, ascending.</summary>
internal sealed class Word
{
    public required string Text { get; init; }
    public required float Left { get; init; }
    public required float[] Edges { get; init; }
    public required float Size { get; init; }
    public required bool Bold { get; init; }
    public required bool Italic { get; init; }

    /// <summary>Of its first and of its last letter: marks of notes are set smaller than the word beside them.</summary>
    public float FirstSize { get; init; }
    public float LastSize { get; init; }
    public float Right => Edges[^1];
}

/// <summary>Words parted from their neighbours on the line by a wide gap: all of an ordinary line, or one cell of a table row.</summary>
internal sealed class Cell(List<Word> words)
{
    public List<Word> Words { get; } = words;
    public float Left => Words[0].Left;
    public float Right => Words[^1].Right;
    public string Text => Words.Count == 1 ? Words[0].Text : string.Join(' ', Words.Select(word => word.Text));
}

/// <summary>One visual line. The axes are those of the text, see <see cref="Turn"/>.</summary>
internal sealed class Line
{
    private bool? bold, italic;   // joining words and cells does not change them

    public required List<Cell> Cells { get; set; }
    public required float Baseline { get; init; }
    public required float Size { get; init; }
    public Turn Turn { get; init; }

    /// <summary>Bounds of the column that the line stands in.</summary>
    public float ColumnLeft { get; set; }
    public float ColumnRight { get; set; }

    /// <summary>Lines of one column of one band share a number.</summary>
    public int Column { get; set; }

    // Ascent and descent of common text faces, in em; the glyphs' own boxes would make the marks jump with every "g" and "—".
    public float Top => Baseline - (0.80f * Size);
    public float Bottom => Baseline + (0.22f * Size);

    public float Left => Cells[0].Left;
    public float Right => Cells[^1].Right;
    public IEnumerable<Word> Words => Cells.SelectMany(cell => cell.Words);
    public bool Bold => bold ??= Words.All(word => word.Bold);
    public bool Italic => italic ??= Words.All(word => word.Italic);
    public Word LastWord => Cells[^1].Words[^1];

    public string Text
    {
        get
        {
            if (Cells.Count == 1)
            {
                return Cells[0].Text;
            }

            var text = new StringBuilder();
            foreach (Cell cell in Cells)
            {
                text.Append(text.Length == 0 ? "" : "\t").Append(cell.Text);
            }

            return text.ToString();
        }
    }
}
