using Rag.Ingestion.Extraction.Layout;

namespace Rag.Ingestion.Extraction;

/// <summary>What single lines of Markdown are. Enough to find headings, lists and tables; nothing is rendered.</summary>
internal static class MarkdownLines
{
    /// <returns>1 to 6, or 0 for no heading. Underlined headings count too; their underline is a line of its own.</returns>
    public static int HeadingLevel(string line, string next)
    {
        int hashes = line.TakeWhile(c => c == '#').Count();
        if (hashes is > 0 and <= 6 && line.Length > hashes && line[hashes] == ' ')
        {
            return hashes;
        }

        bool words = line.Length is > 0 and <= 160 && char.IsLetterOrDigit(line[0]);
        string under = next.Trim();
        return words && under.Length >= 3 && under.All(c => c == '=') ? 1 : words && under.Length >= 3 && under.All(c => c == '-') ? 2 : 0;
    }

    public static bool IsListItem(string line)
    {
        string text = line.TrimStart();
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && space < text.Length - 1 && (text[..space] is "-" or "*" or "+" || (space <= 4 && CellText.IsMarker(text[..space])));
    }

    public static bool IsTableRow(string line) => line.TrimStart().StartsWith('|') && line.Count(c => c == '|') >= 2;

    /// <summary>The header row as a caption, when a rule of dashes follows it.</summary>
    public static string? TableHeader(string line, string next) =>
        IsTableRow(next) && next.All(c => c is '|' or '-' or ':' or ' ' or '\t')
            ? string.Join(" | ", line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()))
            : null;
}
