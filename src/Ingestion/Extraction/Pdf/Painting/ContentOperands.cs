using System.Text;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Reads the operands of one operator after the other from a page's content. ISO 32000-1, 7.2 and 7.3; what PdfPig reads otherwise than others do is left to it.</summary>
internal sealed class ContentOperands(byte[] content, int length)
{
    // What the operands are, four bits each, the last one in the lowest.
    public const ulong Number = 1, Name = 2, Text = 3, Array = 4, Other = 5;

    private const int Most = 16;

    private readonly double[] numbers = new double[Most];
    private readonly NameToken?[] names = new NameToken?[2];
    private readonly List<TextPiece> pieces = [];
    private readonly ContentStrings strings = new(content, length);
    private int at, first, nameCount;

    /// <summary>Of the operands read last.</summary>
    public ulong Kinds { get; private set; }

    public int NumberCount { get; private set; }

    /// <summary>The operator and its operands.</summary>
    public ReadOnlySpan<byte> Piece => content.AsSpan(first, at - first);

    private ReadOnlySpan<byte> Content => content.AsSpan(0, length);

    public NameToken FirstName => names[0]!;

    public NameToken LastName => names[nameCount - 1]!;

    public double this[int number] => numbers[number];

    public double[] Numbers() => numbers[..NumberCount];

    public byte[] Codes() => strings.Codes();

    public TextPiece[] Pieces() => [.. pieces];

    /// <summary>Reads up to and with the next operator.</summary>
    /// <returns>Its letters, the last one in the lowest byte; 0 at the end; null for what is not understood.</returns>
    public int? Next()
    {
        (first, Kinds, NumberCount, nameCount, strings.Count) = (at, 0, 0, 0, 0);
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
                (byte)'/' => TryName() ? Name : 0,
                (byte)'(' => strings.TryRead(ref at) ? Text : 0,
                (byte)'[' => TryArray() ? Array : 0,
                (byte)'<' when at + 1 < length && content[at + 1] == '<' => TrySkipDictionary() ? Other : 0,
                (byte)'<' => strings.TryRead(ref at) ? Text : 0,
                _ when !ContentNumber.MayBegin(c) => ulong.MaxValue,
                _ => NumberCount < Most && ContentNumber.TryRead(Content, ref at, out numbers[NumberCount++]) ? Number : 0,
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

            if (content[at] == ']')
            {
                at++;
                return true;
            }

            int start = strings.Count;
            double shift = 0;
            bool read = content[at] is (byte)'(' or (byte)'<' ? strings.TryRead(ref at) : ContentNumber.MayBegin(content[at]) && ContentNumber.TryRead(Content, ref at, out shift);
            if (!read)
            {
                return false;
            }

            if (strings.Count > start || shift != 0)
            {
                pieces.Add(new TextPiece(shift, start, strings.Count - start));
            }
        }
    }

    /// <summary>Over a dictionary, whatever is in it.</summary>
    private bool TrySkipDictionary()
    {
        int depth = 0, brackets = 0, start = strings.Count;
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
                        return brackets == 0;
                    }

                    break;
                case (byte)'(' or (byte)'<':
                    if (!strings.TryRead(ref at))
                    {
                        return false;
                    }

                    strings.Count = start;
                    break;
                case (byte)'%':
                    return false;
                default:
                    brackets += content[at] switch { (byte)'[' => 1, (byte)']' => -1, _ => 0 };
                    at++;
                    break;
            }
        }

        return false;
    }

    public static bool IsBlank(byte c) => c is 0 or 9 or 10 or 12 or 13 or 32;

    private static bool IsDelimiter(byte c) => c is (byte)'(' or (byte)')' or (byte)'<' or (byte)'>' or (byte)'[' or (byte)']' or (byte)'/' or (byte)'%';
}
