namespace Rag.Ingestion.Extraction;

/// <summary>Tells prose that was broken at a fixed width from lines that mean to be lines: verse, addresses, logs, code.</summary>
internal static class WrappedText
{
    private const int Narrowest = 40;
    private const int Widest = 120;

    /// <summary>A word that did not fit leaves at most this share of a line empty.</summary>
    private const double Ragged = 0.3;

    /// <param name="first">The paragraph's first line; it ends at a blank line.</param>
    public static bool IsParagraph(IReadOnlyList<string> lines, int first)
    {
        int last = first;
        while (last + 1 < lines.Count && !string.IsNullOrWhiteSpace(lines[last + 1]))
        {
            last++;
        }

        if (last == first)
        {
            return false;
        }

        int width = 0;
        for (int i = first; i <= last; i++)
        {
            width = Math.Max(width, lines[i].TrimEnd().Length);
        }

        if (width is < Narrowest or > Widest)
        {
            return false;
        }

        if (last - first >= 2 && BeginAlike(lines, first, last))
        {
            return false;
        }

        for (int i = first; i < last; i++)
        {
            string line = lines[i].TrimEnd();
            if (line.Contains('\t') || line.Length < width * (1 - Ragged) || IsIndented(lines[i + 1]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsIndented(string line) => line.StartsWith("    ", StringComparison.Ordinal) || line.StartsWith('\t');

    /// <summary>Entries of a log or a list: each with its date or the same mark in front.</summary>
    private static bool BeginAlike(IReadOnlyList<string> lines, int first, int last)
    {
        bool digits = true, same = true;
        for (int i = first; i <= last; i++)
        {
            string line = lines[i];
            digits &= line.Length > 0 && char.IsAsciiDigit(line[0]);
            same &= line.Length > 1 && line.AsSpan(0, 2).SequenceEqual(lines[first].AsSpan(0, Math.Min(2, lines[first].Length)));
        }

        return digits || same;
    }
}
