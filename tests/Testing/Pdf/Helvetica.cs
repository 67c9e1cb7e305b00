namespace Rag.Testing.Pdf;

/// <summary>Advance widths of Helvetica (Adobe font metrics, 1/1000 em) for ASCII 32 to 126.</summary>
public static class Helvetica
{
    private static readonly short[] Widths =
    [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
        556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
        1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
        333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
        556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    ];

    /// <returns>Width of a line in points.</returns>
    public static double Width(string text, double size) =>
        text.Sum(c => c is >= ' ' and <= '~' ? Widths[c - ' '] : 556) * size / 1000;

    /// <summary>Breaks a text into lines no wider than <paramref name="width"/> points.</summary>
    public static IReadOnlyList<string> Wrap(string text, double size, double width)
    {
        var lines = new List<string>();
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = line.Length == 0 ? word : line + " " + word;
            if (line.Length > 0 && Width(longer, size) > width)
            {
                lines.Add(line);
                line = word;
            }
            else
            {
                line = longer;
            }
        }

        if (line.Length > 0)
        {
            lines.Add(line);
        }

        return lines;
    }
}
