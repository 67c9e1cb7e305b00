namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Reads the strings of one operator from a page's content. ISO 32000-1, 7.3.4.</summary>
internal sealed class ContentStrings(byte[] content, int length)
{
    private byte[] codes = new byte[256];

    /// <summary>Bytes of all strings read since it was set to 0.</summary>
    public int Count { get; set; }

    public byte[] Codes() => codes[..Count];

    /// <param name="at">Of the opening bracket; moved past the closing one.</param>
    /// <returns>False for what readers take differently.</returns>
    public bool TryRead(ref int at) => content[at] == '(' ? TryLiteral(ref at) : TryHex(ref at);

    private bool TryLiteral(ref int at)
    {
        int depth = 1, start = Count;
        for (at++; at < length; at++)
        {
            byte c = content[at];
            switch (c)
            {
                case (byte)'(':
                    depth++;
                    break;
                case (byte)')' when --depth == 0:
                    at++;
                    return !(Count - start >= 2 && (codes[start], codes[start + 1]) is (0xFE, 0xFF) or (0xFF, 0xFE));   // PdfPig takes that for UTF-16
                case (byte)')' when at + 1 == length || content[at + 1] == '\r':
                    return false;   // there PdfPig may end the string
                case (byte)'\\':
                    if (++at == length || !TryEscape(ref at, out c))
                    {
                        return false;
                    }

                    break;
            }

            Add(c);
        }

        return false;
    }

    /// <param name="at">Behind the backslash; moved to the last character.</param>
    private bool TryEscape(ref int at, out byte meant)
    {
        meant = content[at];
        if (meant is >= (byte)'0' and <= (byte)'7')
        {
            int value = 0;
            for (int digits = 0; digits < 3 && at < length && content[at] is >= (byte)'0' and <= (byte)'7'; digits++, at++)
            {
                value = (value * 8) + (content[at] - '0');
            }

            at--;
            meant = (byte)value;
            return value <= byte.MaxValue;
        }

        meant = meant switch { (byte)'n' => (byte)'\n', (byte)'r' => (byte)'\r', (byte)'t' => (byte)'\t', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', _ => meant };
        return content[at] is not ((byte)'\r' or (byte)'\n') && !(meant == ')' && at + 1 < length && content[at + 1] == '\r');
    }

    private bool TryHex(ref int at)
    {
        int high = -1;
        for (at++; at < length; at++)
        {
            byte c = content[at];
            int digit = char.IsAsciiHexDigit((char)c) ? (c & 15) + (c > '9' ? 9 : 0) : -1;
            if (digit >= 0)
            {
                if (high >= 0)
                {
                    Add((byte)((high << 4) | digit));
                }

                high = high >= 0 ? -1 : digit;
            }
            else if (c == '>')
            {
                at++;
                if (high >= 0)
                {
                    Add((byte)(high << 4));
                }

                return true;
            }
            else if (!ContentOperands.IsBlank(c))
            {
                return false;
            }
        }

        return false;
    }

    private void Add(byte code)
    {
        if (Count == codes.Length)
        {
            Array.Resize(ref codes, 2 * Count);
        }

        codes[Count++] = code;
    }
}
