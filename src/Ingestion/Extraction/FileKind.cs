namespace Rag.Ingestion.Extraction;

internal enum FileKind : byte
{
    Pdf,
    PlainText,
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

/// <summary>The type of a file by its name and its first bytes together: where they disagree, the file is refused.</summary>
internal static class FileKinds
{
    /// <summary>How many bytes <see cref="Detect"/> wants to see.</summary>
    public const int HeadLength = 4_096;

    /// <returns>Null when content and name do not agree, or the type is not one we read. What a zip file really holds is seen when it is read.</returns>
    public static FileKind? Detect(string fileName, ReadOnlySpan<byte> head) => OfName(fileName) is { } kind && Fits(kind, head) ? kind : null;

    /// <summary>Kinds that are held in memory as one text before they are divided.</summary>
    public static bool IsText(FileKind kind) => kind is FileKind.PlainText or FileKind.Markdown or FileKind.Csv or FileKind.Html;

    private static FileKind? OfName(string fileName) => Path.GetExtension(fileName).ToLowerInvariant() switch
    {
        ".pdf" => FileKind.Pdf,
        ".txt" or ".text" => FileKind.PlainText,
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

    private static bool Fits(FileKind kind, ReadOnlySpan<byte> head)
    {
        // The specification lets up to 1,024 bytes of other things stand before the header, and real files use that.
        bool pdf = head[..Math.Min(head.Length, 1_024)].IndexOf("%PDF-"u8) >= 0;
        bool zip = head.StartsWith("PK\x03\x04"u8);

        // An Office file with a password, or an old one under a new name: the reader tells which.
        bool compound = head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
        return kind switch
        {
            FileKind.Pdf => pdf,
            FileKind.Word or FileKind.Slides or FileKind.Sheets => zip || compound,
            FileKind.Epub => zip,
            FileKind.Image => IsImage(head),
            FileKind.Mail => !zip && TextDecoder.IsText(head),   // a PDF may be inside, early in a short mail
            _ => !head.TrimStart(" \t\r\n\uFEFF"u8).StartsWith("%PDF-"u8) && !zip && TextDecoder.IsText(head),   // a text may speak of PDF files
        };
    }

    private static bool IsImage(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]) || head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8);
}
