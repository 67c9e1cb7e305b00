using Rag.Retrieval.Knowledge;

namespace Rag.Web.Documents;

/// <summary>Whether the first bytes can be what the extension says. A quick look that spares the wait; the extractor looks again, closely.</summary>
internal static class FileSignature
{
    /// <summary>Readers accept the PDF header anywhere in the first KB.</summary>
    public const int Bytes = 1024;

    /// <param name="start">Up to <see cref="Bytes"/> from the beginning; fewer only when the file is shorter.</param>
    /// <returns>Null when it fits.</returns>
    public static RefusalReason? Check(FileKind kind, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return RefusalReason.Empty;
        }

        if (kind == FileKind.Pdf)
        {
            return start.IndexOf("%PDF-"u8) >= 0 ? null : start.Length < 8 ? RefusalReason.Damaged : RefusalReason.WrongType;
        }

        var marked = start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);   // UTF-16 has zero bytes
        return start.StartsWith("%PDF-"u8) || start.StartsWith("PK\x03\x04"u8) || (!marked && start.Contains((byte)0)) ? RefusalReason.WrongType : null;
    }
}
