namespace Rag.Ingestion.Extraction.Layout;

/// <summary>What a cell says: a figure, a year, a bullet. Decides which lines are rows of a table and which are its header.</summary>
internal static class CellText
{
    private const string Openers = "([$€£¥+-–−~<>";
    private const string Closers = ")]%*x";

    /// <summary>"81,797", "$(265)", "12.5%", "—". Not "Item 1." and not "July 1, 2023".</summary>
    public static bool IsFigure(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest is "—" or "–" or "-" or "−" or "N/A" or "n/a" or "NM" or "nm")
        {
            return true;
        }

        while (rest.Length > 0 && (Openers.Contains(rest[0], StringComparison.Ordinal) || rest[0] == ' '))
        {
            rest = rest[1..];
        }

        while (rest.Length > 0 && (Closers.Contains(rest[^1], StringComparison.Ordinal) || rest[^1] == ' '))
        {
            rest = rest[..^1];
        }

        if (rest.Length == 0 || !(char.IsAsciiDigit(rest[0]) || (rest[0] == '.' && rest.Length > 1)))
        {
            return rest.Length == 0 && text.Length > 0 && text.AsSpan().ContainsAny('—', '–');   // "$—"
        }

        foreach (char c in rest)
        {
            if (!char.IsAsciiDigit(c) && c is not ('.' or ',' or '\'' or ' ' or '/' or ':'))
            {
                return false;
            }
        }

        return rest[^1] is not ('.' or ',');
    }

    public static bool IsYear(string text) => text.Length == 4 && text.All(char.IsAsciiDigit) && text[0] is '1' or '2' && text[1] is '9' or '0';

    /// <summary>A bullet or number in front of a list item: "•", "–", "(a)", "12.", "iv)", "Item 1A.".</summary>
    public static bool IsMarker(string text)
    {
        if (text.Length == 0 || text.Length > 9)
        {
            return false;
        }

        if (text is "•" or "·" or "●" or "○" or "▪" or "■" or "◦" or "‣" or "–" or "-" or "*" or "o" or "➢" or "✓" or "☐" or "☒")
        {
            return true;
        }

        if (text.StartsWith("Item ", StringComparison.OrdinalIgnoreCase) && text[^1] is '.' or ':')
        {
            return true;
        }

        string inner = text.TrimStart('(').TrimEnd(')', '.');
        return inner.Length is > 0 and <= 5 && inner.Length < text.Length && (char.IsAsciiDigit(inner[0])
            ? inner.All(c => char.IsAsciiDigit(c) || c == '.')
            : inner.Length == 1 ? char.IsAsciiLetter(inner[0]) : inner.All(c => c is 'i' or 'v' or 'x'));
    }

    /// <summary>"$" alone in a cell belongs to the figure after it.</summary>
    public static bool IsCurrency(string text) => text is "$" or "€" or "£" or "¥" or "US$" or "C$";

    /// <summary>")", "%" and ")%" alone in a cell belong to the figure before them.</summary>
    public static bool IsSuffix(string text) => text is ")" or "%" or ")%" or "%)" or "x";
}
