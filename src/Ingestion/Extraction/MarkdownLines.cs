using System.Text.RegularExpressions;
using Rag.Ingestion.Extraction.Layout;

namespace Rag.Ingestion.Extraction;

/// <summary>What single lines of Markdown are. Enough to find headings, lists and tables; nothing is rendered.</summary>
internal static partial class MarkdownLines
{
    private const int LongestFrontMatter = 200;

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

    /// <summary>The lines of "key: value" or "key = value" between two rules at the beginning, which say things about the file.</summary>
    /// <returns>How many lines they are, rules included, 0 for none; and what they say the title is.</returns>
    public static (int Lines, string? Title) FrontMatter(IReadOnlyList<string> lines)
    {
        string rule = lines[0].TrimEnd();
        if (rule is not ("---" or "+++"))
        {
            return (0, null);
        }

        string? title = null;
        for (int i = 1; i < Math.Min(lines.Count, LongestFrontMatter); i++)
        {
            string line = lines[i].TrimEnd();
            if (line == rule || (rule == "---" && line == "..."))
            {
                return i > 1 ? (i + 1, title) : (0, null);
            }

            Match field = Field().Match(line);
            if (i == 1 && !field.Success)
            {
                return (0, null);   // a rule and prose
            }

            title ??= field.Success && field.Groups[1].ValueSpan.Equals("title", StringComparison.OrdinalIgnoreCase) ? field.Groups[2].Value.Trim().Trim('"', '\'') : null;
        }

        return (0, null);
    }

    /// <summary>The line of dashes under the heads of a table; its columns are parted by bars.</summary>
    public static bool IsRule(string line) => line.Contains('|') && line.Contains('-') && line.All(c => c is '|' or '-' or ':' or ' ' or '\t');

    public static bool IsTableRow(string line) => line.TrimStart().StartsWith('|') && line.Count(c => c == '|') >= 2;

    /// <summary>The header row as a caption, when a rule of dashes follows it.</summary>
    public static string? TableHeader(string line, string next) =>
        IsRule(next)
            ? string.Join(" | ", line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()))
            : null;

    [GeneratedRegex(@"^([A-Za-z_][\w.-]*)\s*[:=](?:\s+(.*))?$")]
    private static partial Regex Field();
}
