using System.Globalization;
using System.Text;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>
/// A second chance for a PDF whose table of objects is gone: finds the objects where they stand and writes a new table behind them. Objects inside
/// compressed object streams are out of its reach.
/// </summary>
internal static class PdfRepair
{
    private const int MostObjects = 2_000_000;
    private const int LookInto = 4_096;   // of an object, for what it is

    /// <returns>Null when no catalogue is found: nothing to begin with.</returns>
    public static byte[]? Rebuild(byte[] file)
    {
        var offsets = new SortedDictionary<int, int>();
        int? catalog = null;
        for (int at = 0; (at = Next(file, at)) >= 0; at += 3)
        {
            if (Header(file, at) is not var (number, start) || (offsets.Count >= MostObjects && !offsets.ContainsKey(number)))
            {
                continue;
            }

            offsets[number] = start;   // a later one replaces an earlier one, as updates do
            if (IsCatalog(file, at + 3))
            {
                catalog = number;
            }
        }

        return catalog is { } root ? [.. file, .. Table(offsets, root, file.Length)] : null;
    }

    private static int Next(byte[] file, int from)
    {
        int found = from >= file.Length ? -1 : file.AsSpan(from).IndexOf("obj"u8);
        return found < 0 ? -1 : from + found;
    }

    /// <summary>Reads "12 0 " backwards from "obj"; null for "endobj" and the like.</summary>
    private static (int Number, int Start)? Header(byte[] file, int obj)
    {
        int at = obj;
        return Blank(file, ref at) && Digits(file, ref at) is { } generation && generation <= 65_535 && Blank(file, ref at) && Digits(file, ref at) is { } number and > 0
            ? (number, at)
            : null;
    }

    private static bool Blank(byte[] file, ref int at)
    {
        int before = at;
        while (at > 0 && file[at - 1] is 0 or 9 or 10 or 12 or 13 or 32)
        {
            at--;
        }

        return at < before;
    }

    private static int? Digits(byte[] file, ref int at)
    {
        int end = at;
        while (at > 0 && end - at < 9 && file[at - 1] is >= (byte)'0' and <= (byte)'9')
        {
            at--;
        }

        return at < end ? int.Parse(Encoding.ASCII.GetString(file, at, end - at), CultureInfo.InvariantCulture) : null;
    }

    private static bool IsCatalog(byte[] file, int from)
    {
        ReadOnlySpan<byte> body = file.AsSpan(from, Math.Min(LookInto, file.Length - from));
        int end = body.IndexOf("endobj"u8);
        body = end < 0 ? body : body[..end];
        int type = body.IndexOf("/Type"u8);
        return type >= 0 && body[(type + 5)..].TrimStart(" \r\n\t"u8).StartsWith("/Catalog"u8) && body.IndexOf("/Pages"u8) >= 0;
    }

    private static byte[] Table(SortedDictionary<int, int> offsets, int catalog, int position)
    {
        var table = new StringBuilder("\nxref\n0 1\n0000000000 65535 f \n");
        foreach ((int number, int offset) in offsets)
        {
            table.Append(CultureInfo.InvariantCulture, $"{number} 1\n{offset:D10} 00000 n \n");
        }

        table.Append(CultureInfo.InvariantCulture, $"trailer\n<</Size {offsets.Keys.Last() + 1}/Root {catalog} 0 R>>\nstartxref\n{position + 1}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(table.ToString());
    }
}
