using Rag.Ingestion.Extraction.Pdf;

namespace Rag.Ingestion;

/// <summary>A document's title: what its metadata says where that reads like words, else its file name.</summary>
internal static class TitleChooser
{
    private const int Longest = 200;

    private static readonly string[] Leftovers = ["Microsoft Word", "Microsoft PowerPoint", "PowerPoint Presentation", "untitled", "Document", "Presentation", "Slide ", "Layout "];
    private static readonly string[] Extensions = [".doc", ".docx", ".pdf", ".ppt", ".pptx", ".xls", ".xlsx", ".indd", ".qxd", ".tex", ".dvi", ".ps", ".htm", ".html", ".txt", ".rtf", ".odt"];

    public static string Choose(string metadataTitle, string fileName)
    {
        string title = Clean(metadataTitle);
        return ReadsLikeWords(title) ? title : FromFileName(fileName);
    }

    private static string FromFileName(string fileName)
    {
        string name = Clean(Path.GetFileNameWithoutExtension(fileName));
        return name.Length > 0 ? name : Clean(fileName) is { Length: > 0 } whole ? whole : "File";
    }

    /// <summary>At least two words, mostly letters, and none of what programs leave behind.</summary>
    private static bool ReadsLikeWords(string title)
    {
        if (title.Length is < 5 or > Longest || Leftovers.Any(leftover => title.StartsWith(leftover, StringComparison.OrdinalIgnoreCase)) ||
            Extensions.Any(extension => title.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) || title.Contains("://", StringComparison.Ordinal))
        {
            return false;
        }

        int words = title.Split(' ').Count(word => word.Count(char.IsLetter) >= 2 && !word.Contains('_', StringComparison.Ordinal));
        int letters = title.Count(char.IsLetter), visible = title.Count(c => !char.IsWhiteSpace(c));
        bool continuous = title.Any(c => c > '\u2E80');   // scripts without spaces between words
        return (words >= 2 || (continuous && letters >= 4)) && letters >= 0.6 * visible;
    }

    private static string Clean(string text)
    {
        string visible = string.Concat(text.Where(c => char.IsWhiteSpace(c) || char.IsSurrogate(c) || !GlyphText.IsInvisible(c)));
        string folded = string.Join(' ', visible.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return folded.Length <= Longest ? folded : folded[..(char.IsHighSurrogate(folded[Longest - 1]) ? Longest - 1 : Longest)];
    }
}
