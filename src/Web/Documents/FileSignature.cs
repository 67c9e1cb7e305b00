using Rag.Retrieval.Knowledge;

namespace Rag.Web.Documents;

/// <summary>Whether the first bytes can be what the extension says. A quick look that spares the wait; the extractor looks again, closely.</summary>
internal static class FileSignature
{
    /// <summary>Readers accept the PDF header anywhere in the first KB.</summary>
    public const int Bytes = 1024;

    private const int Stump = 8;

    /// <param name="start">Up to <see cref="Bytes"/> from the beginning; fewer only when the file is shorter.</param>
    /// <returns>Null when it fits.</returns>
    public static RefusalReason? Check(FileKind kind, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return RefusalReason.Empty;
        }

        var zip = start.StartsWith("PK\x03\x04"u8);
        var compound = start.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]);   // Office with a password, or an old format: the reader says which
        var fits = kind switch
        {
            FileKind.Pdf => start.IndexOf("%PDF-"u8) >= 0,
            FileKind.Word or FileKind.Slides or FileKind.Sheets => zip || compound,
            FileKind.Epub => zip,
            FileKind.Image => IsImage(start),
            _ => !start.StartsWith("%PDF-"u8) && !zip && IsText(start),
        };
        return fits ? null : start.Length < Stump && kind is not (FileKind.Text or FileKind.Markdown or FileKind.Csv or FileKind.Html or FileKind.Mail) ? RefusalReason.Damaged : RefusalReason.WrongType;
    }

    private static bool IsImage(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) || start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8);

    /// <summary>Zero bytes only as UTF-16 and UTF-32 have them: after a mark, or all at the same places.</summary>
    private static bool IsText(ReadOnlySpan<byte> start)
    {
        if (start.IndexOf((byte)0) < 0 || start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
        {
            return true;
        }

        Span<int> zeros = stackalloc int[4];
        var length = start.Length & ~3;
        for (var i = 0; i < length; i++)
        {
            zeros[i & 3] += start[i] == 0 ? 1 : 0;
        }

        var even = zeros[0] + zeros[2];
        var odd = zeros[1] + zeros[3];
        return length > 0 && (even == 0 || odd == 0 ? Math.Max(even, odd) > length / 5 : zeros[0] == 0 || zeros[3] == 0 ? Math.Max(even, odd) >= length / 4 : false);
    }
}
