using System.Text;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Reads the operands of one operator after the other from a page's content. ISO 32000-1, 7.2 and 7.3; what PdfPig reads otherwise than others do is left to it.</summary>
internal sealed class ContentOperands(byte[] content, int length)
{
    // What the operands are, four bits each, the last one in the lowest.
    public const ulong Number = 1, Name = 2, Text = 3, Array = 4, Other = 5;

    private const int Most = 16;
    private const int MostDigits = 15;   // a double holds them exactly
    private static readonly double[] Powers = [.. Enumerable.Range(0, MostDigits + 1).Select(i => Math.Pow(10, i))];

    private readonly double[] numbers = new double[Most];
    private readonly NameToken?[] names = new NameToken?[2];
    private readonly List<TextPiece> pieces = [];
    private byte[] codes = new byte[256];   // of the strings of one operator
    private int at, first, nameCount, codeCount;

    /// <summary>Of the operands read last.</summary>
    public ulong Kinds { get; private set; }

    public int NumberCount { get; private set; }

    /// <summary>The operator and its operands.</summary>
    public ReadOnlySpan<byte> Piece => content.AsSpan(first, at - first);

    public NameToken FirstName => names[0]!;

    public NameToken LastName => names[nameCount - 1]!;

    public double this[int number] => numbers[number];

    public double[] Numbers() => numbers[..NumberCount];

    public byte[] Codes() => codes[..codeCount];

    public TextPiece[] Pieces() => [.. pieces];

    /// <summary>Reads up to and with the next operator.</summary>
    /// <returns>Its letters, the last one in the lowest byte; 0 at the end; null for what is not understood.</returns>
    public int? Next()
    {
        (first, Kinds, NumberCount, nameCount, codeCount) = (at, 0, 0, 0, 0);
        pieces.Clear();
        for (; ; )
        {
            SkipBlanks();
            if (at == length)
            {
                return Kinds == 0 ? 0 : null;
            }

            byte c = content[at];
            ulong kind = c switch
            {
                >= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)'-' or (byte)'+' => NumberCount < Most && TryNumber(out numbers[NumberCount++]) ? Number : 0,
                (byte)'/' => TryName() ? Name : 0,
                (byte)'(' => TryString() ? Text : 0,
                (byte)'[' => TryArray() ? Array : 0,
                (byte)'<' => at + 1 < length && content[at + 1] == '<' ? (TrySkipDictionary() ? Other : 0) : TryHex() ? Text : 0,
                _ => ulong.MaxValue,
            };
            if (kind == ulong.MaxValue)
            {
                return Operator();
            }

            if (kind == 0 || Kinds >> 60 != 0)
            {
                return null;
            }

            Kinds = (Kinds << 4) | kind;
        }
    }

    private int? Operator()
    {
        int name = 0, start = at;
        for (; at < length && !IsBlank(content[at]) && !IsDelimiter(content[at]); at++)
        {
            name = (name << 8) | content[at];
        }

        return at - start is > 0 and <= 3 ? name : null;   // none: a stray bracket, a comment
    }

    private void SkipBlanks()
    {
        while (at < length && (content[at] <= ' ' || content[at] is >= 0x7F and <= 0x9F))   // PdfPig takes other control characters for blanks, too
        {
            at++;
        }
    }

    private bool TryNumber(out double number)
    {
        bool negative = content[at] == '-';
        at += content[at] is (byte)'-' or (byte)'+' ? 1 : 0;
        double whole = 0;
        long part = 0;
        int start = at, places = 0;
        for (; at < length && char.IsAsciiDigit((char)content[at]); at++)
        {
            whole = (whole * 10) + (content[at] - '0');
        }

        int digits = at - start;
        if (at < length && content[at] == '.')
        {
            start = ++at;
            for (; at < length && char.IsAsciiDigit((char)content[at]); at++)
            {
                part = unchecked((part * 10) + (content[at] - '0'));
            }

            places = at - start;
        }

        if (digits + places == 0 || digits > MostDigits || places > MostDigits || (at < length && content[at] is (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E'))
        {
            number = 0;
            return false;
        }

        whole += places == 0 ? 0 : part / Powers[places];
        number = whole == 0 ? 0 : negative ? -whole : whole;
        return true;
    }

    private bool TryName()
    {
        int start = ++at;
        for (; at < length && !IsBlank(content[at]) && content[at] is not ((byte)'>' or (byte)'<' or (byte)'[' or (byte)']' or (byte)'/' or (byte)'(' or (byte)')'); at++)
        {
            if (content[at] is (byte)'#' or (byte)'%' or >= 0x80)
            {
                return false;
            }
        }

        if (at == start || at == length || nameCount == names.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> name = content.AsSpan(start, at - start);
        if (!(names[nameCount] is { } same && name.Length == same.Data.Length && Ascii.Equals(name, same.Data)))   // a page names few fonts
        {
            names[nameCount] = NameToken.Create(Encoding.ASCII.GetString(name));
        }

        nameCount++;
        return true;
    }

    private bool TryArray()
    {
        for (at++; ;)
        {
            SkipBlanks();
            if (at == length)
            {
                return false;
            }

            int start = codeCount;
            double shift = 0;
            bool read;
            switch (content[at])
            {
                case (byte)']':
                    at++;
                    return true;
                case (byte)'(':
                    read = TryString();
                    break;
                case (byte)'<':
                    read = TryHex();
                    break;
                case >= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)'-' or (byte)'+':
                    read = TryNumber(out shift);
                    break;
                default:
                    return false;
            }

            if (!read)
            {
                return false;
            }

            if (codeCount > start || shift != 0)
            {
                pieces.Add(new TextPiece(shift, start, codeCount - start));
            }
        }
    }

    private bool TryString()
    {
        int depth = 1, start = codeCount;
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
                    return !(codeCount - start >= 2 && (codes[start], codes[start + 1]) is (0xFE, 0xFF) or (0xFF, 0xFE));   // PdfPig takes that for UTF-16
                case (byte)')' when at + 1 == length || content[at + 1] == '\r':
                    return false;   // there PdfPig may end the string
                case (byte)'\\':
                    if (++at == length || !TryEscape(out c))
                    {
                        return false;
                    }

                    break;
            }

            Add(c);
        }

        return false;
    }

    private bool TryEscape(out byte meant)
    {
        meant = content[at];
        if (meant is >= (byte)'0' and <= (byte)'7')
        {
            int value = 0, digits = 0;
            for (; digits < 3 && at < length && content[at] is >= (byte)'0' and <= (byte)'7'; digits++, at++)
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

    private bool TryHex()
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
            else if (!IsBlank(c))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Over a dictionary, whatever is in it.</summary>
    private bool TrySkipDictionary()
    {
        int depth = 0, start = codeCount;
        while (at + 1 < length)
        {
            switch (content[at])
            {
                case (byte)'<' when content[at + 1] == '<':
                    depth++;
                    at += 2;
                    break;
                case (byte)'>' when content[at + 1] == '>':
                    at += 2;
                    if (--depth == 0)
                    {
                        return true;
                    }

                    break;
                case (byte)'(' or (byte)'<':
                    if (!(content[at] == '(' ? TryString() : TryHex()))
                    {
                        return false;
                    }

                    codeCount = start;
                    break;
                case (byte)'%':
                    return false;
                default:
                    at++;
                    break;
            }
        }

        return false;
    }

    private void Add(byte code)
    {
        if (codeCount == codes.Length)
        {
            System.Array.Resize(ref codes, 2 * codeCount);
        }

        codes[codeCount++] = code;
    }

    private static bool IsBlank(byte c) => c is 0 or 9 or 10 or 12 or 13 or 32;

    private static bool IsDelimiter(byte c) => c is (byte)'(' or (byte)')' or (byte)'<' or (byte)'>' or (byte)'[' or (byte)']' or (byte)'/' or (byte)'%';
}
