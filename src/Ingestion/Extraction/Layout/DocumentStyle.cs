namespace Rag.Ingestion.Extraction.Layout;

/// <summary>What the document's running text looks like and which words it uses, learnt page by page.</summary>
internal sealed class DocumentStyle
{
    private const int MaxWords = 50_000;

    private readonly Dictionary<(int HalfPoints, bool Bold), int> letters = [];
    private readonly HashSet<string> words = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> trimmed;

    public DocumentStyle() => trimmed = words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Size of most letters, in points.</summary>
    public float BodySize { get; private set; } = 10;

    /// <summary>True where even the running text is bold, so weight says nothing.</summary>
    public bool BodyBold { get; private set; }

    public void Learn(List<Line> lines)
    {
        (int HalfPoints, bool Bold) key = default;
        int run = 0;   // letters of that kind in a row
        foreach (Line line in lines)
        {
            foreach (Cell cell in line.Cells)
            {
                foreach (Word word in cell.Words)
                {
                    var kind = ((int)MathF.Round(word.Size * 2), word.Bold);
                    if (kind != key && run > 0)
                    {
                        Count(key, run);
                        run = 0;
                    }

                    (key, run) = (kind, run + word.Text.Length);
                    if (words.Count < MaxWords && word.Text.Length > 3)
                    {
                        trimmed.Add(word.Text.AsSpan().Trim(".,;:()\"“”"));   // makes a string of it only where it is new
                    }
                }
            }
        }

        if (run > 0)
        {
            Count(key, run);
        }

        if (letters.Count > 0)
        {
            var most = letters.MaxBy(entry => entry.Value).Key;
            BodySize = most.HalfPoints / 2f;
            BodyBold = most.Bold;
        }
    }

    private void Count((int HalfPoints, bool Bold) key, int run) => letters[key] = letters.GetValueOrDefault(key) + run;

    /// <summary>Whether "long-" and "term" at a line end read "long-term" (true) or "longterm" (false).</summary>
    public bool KeepsHyphen(string first, string second)
    {
        string stem = first.TrimEnd('-', '\u00AD', '\u2010');
        string hyphenated = stem + "-" + second.TrimEnd('.', ',', ';', ':', ')');
        string joined = stem + second.TrimEnd('.', ',', ';', ':', ')');
        return first[^1] != '\u00AD' && (words.Contains(hyphenated) || (!words.Contains(joined) && stem.Contains('-', StringComparison.Ordinal)));
    }

    /// <summary>How weighty a line looks as a heading; 0 when it looks like running text.</summary>
    public float HeadingRank(Line line)
    {
        bool bold = line.Bold && !BodyBold;
        bool larger = line.Size > 1.12f * BodySize;
        if (!bold && !larger)
        {
            return 0;
        }

        string text = line.Text;
        bool capitals = text.Any(char.IsLetter) && !text.Any(char.IsLower);
        return (MathF.Round(line.Size * 2) * 10) + (capitals ? 6 : 0) + (bold ? 4 : 0) - (line.Italic ? 3 : 0) + NumberingWeight(text);
    }

    /// <summary>Parts stand above items, items above notes, notes above headings without a number.</summary>
    private static int NumberingWeight(string text)
    {
        if (text.StartsWith("PART ", StringComparison.Ordinal) || text.StartsWith("Chapter ", StringComparison.OrdinalIgnoreCase))
        {
            return 4;
        }

        return text.StartsWith("Item ", StringComparison.OrdinalIgnoreCase) ? 3
            : text.StartsWith("Note ", StringComparison.OrdinalIgnoreCase) || char.IsAsciiDigit(text[0]) ? 2
            : 0;
    }
}
