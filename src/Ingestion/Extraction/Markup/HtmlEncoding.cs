using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Rag.Ingestion.Extraction.Markup;

/// <summary>The text of an .html file: a byte order mark, else what its head says, else by its letters.</summary>
internal static partial class HtmlEncoding
{
    private const int HeadLength = 4_096;

    public static string Decode(byte[] file)
    {
        bool marked = file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) || file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
        if (!marked && file.AsSpan().ContainsAnyInRange((byte)128, (byte)255) && Utf8.IsValid(file))
        {
            return Encoding.UTF8.GetString(file);   // nothing else looks like it by chance, whatever the page says of itself
        }

        string head = Encoding.Latin1.GetString(file, 0, Math.Min(file.Length, HeadLength));
        Match named = Charset().Match(head);

        // UTF-16 cannot name itself in letters of one byte, nor can EBCDIC; pages that say so are UTF-8.
        return !marked && named.Success && TextDecoder.Named(named.Groups[1].Value) is { } encoding && encoding.CodePage is not (1200 or 1201 or 12000 or 65001) && encoding.GetString("<meta"u8) == "<meta"
            ? encoding.GetString(file)
            : TextDecoder.Decode(file);
    }

    [GeneratedRegex("""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", RegexOptions.IgnoreCase)]
    private static partial Regex Charset();
}
