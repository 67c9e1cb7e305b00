using System.Text;
using System.Text.Unicode;
using UtfUnknown;

namespace Rag.Ingestion.Extraction;

/// <summary>
/// A text file's encoding by what it says (a byte order mark), by its form (UTF-8, zero bytes of UTF-16 and UTF-32), then by its letters
/// (UTF.Unknown), else Windows-1252: every byte means something there, so nothing is ever refused for its encoding.
/// </summary>
internal static class TextDecoder
{
    private const int Sample = 256 * 1024;
    private const int Western = 1252;

    /// <summary>Texts in scripts other than Latin hold few ASCII letters; below this share a guess at such a script is wrong.</summary>
    private const double ForeignShare = 0.4;

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        (Encoding encoding, int mark) = Detect(bytes);
        return encoding.GetString(bytes[mark..]);
    }

    /// <summary>A named encoding, as pages and mails give them.</summary>
    /// <returns>Null for names that nobody knows.</returns>
    public static Encoding? Named(string name)
    {
        try
        {
            Encoding encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
            return encoding.CodePage switch
            {
                28591 or 20127 => CodePage(Western),   // as browsers read them
                65000 => null,   // UTF-7 hides markup
                _ => encoding,
            };
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Whether the first bytes of a file are text in some encoding: no control characters but white space.</summary>
    public static bool IsText(ReadOnlySpan<byte> head)
    {
        if (Mark(head) is not null || WithoutMark(head) is not null)
        {
            return true;
        }

        foreach (byte b in head)
        {
            // A page break, an escape of ISO-2022-JP; backspaces that print bold, vertical tabs, the end mark of DOS.
            if (b < 32 && b is not (8 or 9 or 10 or 11 or 12 or 13 or 26 or 27))
            {
                return false;
            }
        }

        return true;
    }

    private static (Encoding Encoding, int Mark) Detect(ReadOnlySpan<byte> bytes)
    {
        if (Mark(bytes) is { } marked)
        {
            return marked;
        }

        ReadOnlySpan<byte> sample = bytes[..Math.Min(bytes.Length, Sample)];
        if (WithoutMark(sample) is { } wide)
        {
            return (wide, 0);
        }

        if (bytes.IndexOf((byte)27) >= 0 && (bytes.IndexOf("\x1B$B"u8) >= 0 || bytes.IndexOf("\x1B$@"u8) >= 0) && bytes.IndexOfAnyInRange((byte)128, (byte)255) < 0)
        {
            return (CodePage(50220), 0);   // ISO-2022-JP
        }

        return (Utf8.IsValid(bytes) || IsNearlyUtf8(sample) ? Encoding.UTF8 : ByLetters(bytes), 0);
    }

    private static (Encoding Encoding, int Mark)? Mark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? (Encoding.UTF8, 3)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) ? (Encoding.UTF32, 4)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]) ? (new UTF32Encoding(bigEndian: true, byteOrderMark: true), 4)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? (Encoding.Unicode, 2)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? (Encoding.BigEndianUnicode, 2)
        : null;

    /// <summary>UTF-16 and UTF-32 of Western text are full of zero bytes, always at the same places.</summary>
    private static Encoding? WithoutMark(ReadOnlySpan<byte> bytes)
    {
        Span<int> zeros = stackalloc int[4];
        int length = Math.Min(bytes.Length, 4_096) & ~3;
        for (int i = 0; i < length; i++)
        {
            zeros[i & 3] += bytes[i] == 0 ? 1 : 0;
        }

        int quarter = length / 4;
        int even = zeros[0] + zeros[2], odd = zeros[1] + zeros[3];
        return quarter == 0 || even + odd == 0 ? null
            : zeros[3] == quarter && zeros[2] == quarter && zeros[0] == 0 ? Encoding.UTF32
            : zeros[0] == quarter && zeros[1] == quarter && zeros[3] == 0 ? new UTF32Encoding(bigEndian: true, byteOrderMark: false)
            : even == 0 && odd > 0.2 * 2 * quarter ? Encoding.Unicode
            : odd == 0 && even > 0.2 * 2 * quarter ? Encoding.BigEndianUnicode
            : null;
    }

    /// <summary>A few broken bytes in a long text do not make it another encoding.</summary>
    private static bool IsNearlyUtf8(ReadOnlySpan<byte> bytes)
    {
        int good = 0, bad = 0;
        while (bytes.Length > 0)
        {
            bool valid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == System.Buffers.OperationStatus.Done;
            good += valid && rune.Value > 127 ? 1 : 0;
            bad += valid ? 0 : 1;
            bytes = bytes[used..];
        }

        return good >= 5 && good >= 20 * bad;
    }

    private static Encoding ByLetters(ReadOnlySpan<byte> bytes)
    {
        // The part with the most to tell begins a little before the first byte that is not ASCII.
        int first = Math.Max(0, bytes.IndexOfAnyInRange((byte)128, (byte)255) - 4_096);
        byte[] sample = bytes[first..Math.Min(bytes.Length, first + Sample)].ToArray();
        DetectionDetail? guess = CharsetDetector.DetectFromBytes(sample).Detected;
        if (guess is not { Confidence: > 0.5f } || Named(guess.EncodingName) is not { } encoding)
        {
            return CodePage(Western);
        }

        return encoding.CodePage is Western or 28605 || !IsLikely(sample, encoding, guess.Confidence) ? CodePage(Western) : encoding;
    }

    private static bool IsLikely(byte[] sample, Encoding encoding, float confidence)
    {
        int high = sample.Count(b => b >= 128), letters = high + sample.Count(b => char.IsAsciiLetter((char)b));
        string text = encoding.GetString(sample);
        bool latin = text.Where(c => c > 127 && char.IsLetter(c)).All(c => c < 0x250);
        return latin ? confidence > 0.6f && high > 8 : high >= ForeignShare * letters && !text.Contains('\uFFFD', StringComparison.Ordinal);
    }

    private static Encoding CodePage(int number) => CodePagesEncodingProvider.Instance.GetEncoding(number)!;
}
