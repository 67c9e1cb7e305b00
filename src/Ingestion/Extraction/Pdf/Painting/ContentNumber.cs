namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Reads a number from a page's content, to the same digit as PdfPig.</summary>
internal static class ContentNumber
{
    private const int MostDigits = 15;   // a double holds them exactly
    private static readonly double[] Powers = [.. Enumerable.Range(0, MostDigits + 1).Select(i => Math.Pow(10, i))];

    public static bool MayBegin(byte c) => c is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' or (byte)'+';

    /// <param name="at">Moved behind it.</param>
    /// <returns>False for what readers take differently: too many digits or signs, an exponent, no digit at all.</returns>
    public static bool TryRead(ReadOnlySpan<byte> content, ref int at, out double number)
    {
        bool negative = content[at] == '-';
        at += content[at] is (byte)'-' or (byte)'+' ? 1 : 0;
        double whole = 0;
        long part = 0;
        int start = at, places = 0;
        for (; at < content.Length && char.IsAsciiDigit((char)content[at]); at++)
        {
            whole = (whole * 10) + (content[at] - '0');
        }

        int digits = at - start;
        if (at < content.Length && content[at] == '.')
        {
            start = ++at;
            for (; at < content.Length && char.IsAsciiDigit((char)content[at]); at++)
            {
                part = unchecked((part * 10) + (content[at] - '0'));
            }

            places = at - start;
        }

        if (digits + places == 0 || digits > MostDigits || places > MostDigits || (at < content.Length && content[at] is (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E'))
        {
            number = 0;
            return false;
        }

        whole += places == 0 ? 0 : part / Powers[places];
        number = whole == 0 ? 0 : negative ? -whole : whole;
        return true;
    }
}
