using System.Globalization;
using System.Text;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>
/// Lengths of streams that are not true: PdfPig believes them, and text goes missing without a word. The true end is where "endstream" stands.
/// </summary>
internal static class StreamLengths
{
    private const int LookBack = 2_048;   // a stream's dictionary is not longer

    /// <returns>The file with true lengths; the very same array where all were true, or could not be written in their place.</returns>
    public static byte[] Mend(byte[] file)
    {
        var edits = new List<(int At, int Digits, string Truth)>();
        for (int at = 0; (at = Find(file, "stream"u8, at)) >= 0; at += 6)
        {
            if (at >= 3 && file.AsSpan(at - 3, 3).SequenceEqual("end"u8))
            {
                continue;
            }

            int data = at + 6;
            data += data < file.Length && file[data] == '\r' ? 1 : 0;
            data += data < file.Length && file[data] == '\n' ? 1 : 0;
            if (Stated(file, at) is not var (digitsAt, digits, stated))
            {
                continue;
            }

            if (EndsAt(file, data, stated))
            {
                at = data + stated;   // what looks like "stream" inside is content
                continue;
            }

            int end = Find(file, "endstream"u8, data);
            if (end < 0)
            {
                break;   // cut off: whatever is there is all there is
            }

            edits.Add((digitsAt, digits, Math.Max(0, TrimmedEnd(file, data, end) - data).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0')));
            at = end;
        }

        if (edits.Count == 0)
        {
            return file;
        }

        // Where bytes move, the table of objects gets wrong; it can be rebuilt only where no object hides in a compressed stream.
        bool moved = edits.Exists(edit => edit.Truth.Length != edit.Digits);
        return !moved ? Apply(file, edits) : Find(file, "/ObjStm"u8, 0) >= 0 ? file : PdfRepair.Rebuild(Apply(file, edits)) ?? file;
    }

    private static byte[] Apply(byte[] file, List<(int At, int Digits, string Truth)> edits)
    {
        using var mended = new MemoryStream(file.Length + edits.Count);
        int from = 0;
        foreach ((int at, int digits, string truth) in edits)
        {
            mended.Write(file.AsSpan(from, at - from));
            mended.Write(Encoding.ASCII.GetBytes(truth));
            from = at + digits;
        }

        mended.Write(file.AsSpan(from));
        return mended.ToArray();
    }

    /// <summary>A direct length in the dictionary before "stream"; null where it is a reference or missing.</summary>
    private static (int At, int Digits, int Value)? Stated(byte[] file, int stream)
    {
        int from = Math.Max(0, stream - LookBack);
        ReadOnlySpan<byte> before = file.AsSpan(from, stream - from);
        int start = before.LastIndexOf("obj"u8);
        int key = before.LastIndexOf("/Length "u8);
        if (key < 0 || key < start)
        {
            return null;
        }

        int at = key + 8;
        while (at < before.Length && before[at] == ' ')
        {
            at++;
        }

        int end = at;
        while (end < before.Length && end - at < 10 && before[end] is >= (byte)'0' and <= (byte)'9')
        {
            end++;
        }

        ReadOnlySpan<byte> after = before[end..].TrimStart(" \r\n"u8);
        bool reference = after.Length > 0 && after[0] is >= (byte)'0' and <= (byte)'9';
        return end > at && !reference && int.TryParse(before[at..end], NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? (from + at, end - at, value) : null;
    }

    private static bool EndsAt(byte[] file, int data, int length)
    {
        const int mostBlanks = 4;
        if (length > file.Length - data)
        {
            return false;
        }

        for (int at = data + length, blanks = 0; blanks <= mostBlanks && at < file.Length; at++, blanks++)
        {
            if (file.AsSpan(at).StartsWith("endstream"u8))
            {
                return true;
            }

            if (file[at] is not (10 or 13 or 32 or 9 or 0))
            {
                return false;
            }
        }

        return false;
    }

    private static int TrimmedEnd(byte[] file, int data, int end)
    {
        end -= end > data && file[end - 1] == '\n' ? 1 : 0;
        return end - (end > data && file[end - 1] == '\r' ? 1 : 0);
    }

    private static int Find(byte[] file, ReadOnlySpan<byte> what, int from)
    {
        int found = from >= file.Length ? -1 : file.AsSpan(from).IndexOf(what);
        return found < 0 ? -1 : from + found;
    }
}
