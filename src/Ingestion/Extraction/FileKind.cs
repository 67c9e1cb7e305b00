namespace Rag.Ingestion.Extraction;

internal enum FileKind : byte
{
    Pdf,
    PlainText,
    Markdown,
}

/// <summary>The type of a file by its name and its first bytes together: where they disagree, the file is refused.</summary>
internal static class FileKinds
{
    /// <summary>How many bytes <see cref="Detect"/> wants to see.</summary>
    public const int HeadLength = 4_096;

    /// <returns>Null when content and name do not agree, or the type is not one we read.</returns>
    public static FileKind? Detect(string fileName, ReadOnlySpan<byte> head)
    {
        string extension = Path.GetExtension(fileName).ToLowerInvariant();

        // The specification lets up to 1,024 bytes of other things stand before the header, and real files use that.
        bool pdf = head[..Math.Min(head.Length, 1_024)].IndexOf("%PDF-"u8) >= 0;
        return extension switch
        {
            ".pdf" => pdf ? FileKind.Pdf : null,
            ".txt" or ".text" => !pdf && IsText(head) ? FileKind.PlainText : null,
            ".md" or ".markdown" => !pdf && IsText(head) ? FileKind.Markdown : null,
            _ => null,
        };
    }

    /// <summary>Text holds no control characters but white space, unless a byte order mark says that it is UTF-16.</summary>
    private static bool IsText(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return true;
        }

        foreach (byte b in head)
        {
            if (b < 32 && b is not (9 or 10 or 12 or 13 or 27))
            {
                return false;
            }
        }

        return true;
    }
}
