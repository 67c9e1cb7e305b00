using System.Globalization;
using System.Text;
using Rag.Web.Assistants;

namespace Rag.Web.Documents;

/// <summary>The kinds of file that can be read.</summary>
public enum FileKind
{
    Pdf,
    Text,
    Markdown,
    Csv,
    Html,
    Word,
    Slides,
    Sheets,
    Epub,
    Mail,
    Image,
}

/// <summary>Names of uploaded files as they are shown. A name is never a path here: bytes are stored under their hash.</summary>
public static class FileNames
{
    public const int MaxLength = 200;

    /// <summary>
    /// The last part of what the browser sent, without control characters and without the invisible ones that turn text around
    /// (an "fdp.exe" that looks like "exe.pdf"), cut to <see cref="MaxLength"/> with its extension kept. Never empty.
    /// </summary>
    public static string Clean(string? sent)
    {
        var name = new StringBuilder();
        foreach (var rune in (sent ?? "").EnumerateRunes())
        {
            if (rune.Value is '/' or '\\')
            {
                name.Clear();
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned)
                && rune != Rune.ReplacementChar)
            {
                name.Append(rune);
            }
        }

        var clean = name.ToString().Trim().TrimStart('.');
        if (clean.Length == 0)
        {
            return "file";
        }

        if (clean.Length <= MaxLength)
        {
            return clean;
        }

        var extension = Path.GetExtension(clean) is { Length: <= 10 } kept ? kept : "";
        var cut = MaxLength - extension.Length;
        return clean[..(char.IsHighSurrogate(clean[cut - 1]) ? cut - 1 : cut)] + extension;
    }

    /// <summary>The kinds in a reader's words.</summary>
    public const string Readable = "PDF, Word, PowerPoint, Excel, CSV, text, Markdown, HTML, EPUB or e-mail (.eml)";

    /// <summary>What a file chooser offers.</summary>
    public const string Accept = ".pdf,.docx,.docm,.pptx,.pptm,.xlsx,.xlsm,.csv,.tsv,.txt,.text,.md,.markdown,.html,.htm,.xhtml,.epub,.eml,.png,.jpg,.jpeg,.tif,.tiff";

    /// <summary>The kind that the extension names; null for all others.</summary>
    public static FileKind? Kind(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".pdf" => FileKind.Pdf,
        ".txt" or ".text" => FileKind.Text,
        ".md" or ".markdown" => FileKind.Markdown,
        ".csv" or ".tsv" => FileKind.Csv,
        ".html" or ".htm" or ".xhtml" => FileKind.Html,
        ".docx" or ".docm" => FileKind.Word,
        ".pptx" or ".pptm" => FileKind.Slides,
        ".xlsx" or ".xlsm" => FileKind.Sheets,
        ".epub" => FileKind.Epub,
        ".eml" => FileKind.Mail,
        ".png" or ".jpg" or ".jpeg" or ".tif" or ".tiff" => FileKind.Image,
        _ => null,
    };

    /// <summary>Office files from before 2007, which want a sentence of their own.</summary>
    public static bool IsOldOffice(string name) => Path.GetExtension(name).ToLowerInvariant() is ".doc" or ".xls" or ".ppt";

    /// <summary>A name for an assistant, made from its first file's.</summary>
    public static string Title(string fileName)
    {
        var words = Path.GetFileNameWithoutExtension(Clean(fileName)).Replace('_', ' ').Trim();
        return words.Length == 0 ? "Assistant" : words[..Math.Min(words.Length, Assistant.MaxNameLength)].Trim();
    }
}
