namespace Rag.Inference.Chat;

/// <summary>
/// Reads one JSON object (RFC 8259) byte by byte and says of each byte whether it may stand there. A value: copy it to try bytes out. Narrower than the standard where a model could go on
/// without end or write what others cannot read: nesting, blanks in a row and digits in a row are limited, and <c>\uD800</c> to <c>\uDFFF</c> are not written (such characters stand for themselves).
/// </summary>
internal struct JsonGrammar
{
    public const int MostNesting = 64;
    public const int MostBlanks = 24;   // in a row: a line break and some indentation
    public const int MostDigits = 32;   // in a row
    private const byte Quote = (byte)'"';

    private static readonly byte[][] Words = ["true"u8.ToArray(), "false"u8.ToArray(), "null"u8.ToArray()];

    private State state;
    private ulong objects;   // bit n: level n is an object, else an array
    private byte depth;
    private byte blanks;
    private byte digits;
    private byte word;
    private byte at;         // place in the word, or hexadecimal digits so far
    private byte least;      // of the next byte of a character; RFC 3629, section 4
    private byte most;
    private byte following;  // bytes of a character that are missing
    private bool isName;
    private bool isHigh;     // \uD…: could become half a pair

    private enum State : byte
    {
        Start, Value, FirstItem, FirstName, Name, Colon, AfterValue, Text, Character, Escape, Hexadecimal, Minus, Zero, Whole, Point, Fraction, Exponent, ExponentSign, Power, Word, Done,
    }

    /// <summary>The object has been closed.</summary>
    public readonly bool IsComplete => state == State.Done;

    /// <summary>Takes the bytes, all or (false) up to the first that may not stand there; the value is of no use then.</summary>
    public bool Accept(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (!Accept(b))
            {
                return false;
            }
        }

        return true;
    }

    private bool Accept(byte b)
    {
        // A number ends with the byte behind it.
        if ((state is State.Zero or State.Whole or State.Fraction or State.Power) && !IsInNumber(b))
        {
            state = State.AfterValue;
        }

        var between = state is State.Start or State.Value or State.FirstItem or State.FirstName or State.Name or State.Colon or State.AfterValue or State.Done;
        return between && IsBlank(b) ? ++blanks <= MostBlanks : Structure(b);
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    private static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';

    private readonly bool IsInNumber(byte b) => state switch
    {
        State.Zero => b is (byte)'.' or (byte)'e' or (byte)'E',
        State.Whole => IsDigit(b) || (b is (byte)'.' or (byte)'e' or (byte)'E'),
        State.Fraction => IsDigit(b) || (b is (byte)'e' or (byte)'E'),
        _ => IsDigit(b),
    };

    private bool Structure(byte b)
    {
        blanks = 0;
        return state switch
        {
            State.Start => b == '{' && Open(b),
            State.Value => Value(b),
            State.FirstItem => b == ']' ? Close(b) : Value(b),
            State.FirstName => b == '}' ? Close(b) : b == Quote && Begin(name: true),
            State.Name => b == Quote && Begin(name: true),
            State.Colon => b == ':' && To(State.Value),
            State.AfterValue => b == ',' ? To(InObject ? State.Name : State.Value) : Close(b),
            State.Text => Text(b),
            State.Character => Following(b),
            State.Escape => b == 'u' ? ToHexadecimal() : "\"\\/bfnrt"u8.Contains(b) && To(State.Text),
            State.Hexadecimal => Hexadecimal(b),
            State.Minus => b == '0' ? To(State.Zero) : IsDigit(b) && Digits(State.Whole),
            State.Zero or State.Whole or State.Fraction or State.Power => Number(b),
            State.Point => IsDigit(b) && Digits(State.Fraction),
            State.Exponent => b is (byte)'+' or (byte)'-' ? To(State.ExponentSign) : IsDigit(b) && Digits(State.Power),
            State.ExponentSign => IsDigit(b) && Digits(State.Power),
            State.Word => Word(b),
            _ => false,
        };
    }

    private readonly bool InObject => ((objects >> (depth - 1)) & 1) == 1;

    private bool To(State next)
    {
        state = next;
        return true;
    }

    private bool Open(byte b)
    {
        if (depth == MostNesting)
        {
            return false;
        }

        var bit = 1UL << depth++;
        objects = b == '{' ? objects | bit : objects & ~bit;
        return To(b == '{' ? State.FirstName : State.FirstItem);
    }

    private bool Close(byte b)
    {
        if (b != (InObject ? '}' : ']'))
        {
            return false;
        }

        depth--;
        return To(depth == 0 ? State.Done : State.AfterValue);
    }

    private bool Value(byte b)
    {
        switch (b)
        {
            case (byte)'{' or (byte)'[':
                return Open(b);
            case Quote:
                return Begin(name: false);
            case (byte)'-':
                return To(State.Minus);
            case (byte)'0':
                return To(State.Zero);
            case (byte)'t' or (byte)'f' or (byte)'n':
                (word, at) = ((byte)(b == 't' ? 0 : b == 'f' ? 1 : 2), 1);
                return To(State.Word);
            default:
                return IsDigit(b) && Digits(State.Whole);
        }
    }

    private bool Word(byte b)
    {
        if (b != Words[word][at++])
        {
            return false;
        }

        return at < Words[word].Length || To(State.AfterValue);
    }

    // The first digit of a row.
    private bool Digits(State row)
    {
        digits = 1;
        return To(row);
    }

    private bool Number(byte b) => b switch
    {
        (byte)'.' => To(State.Point),
        (byte)'e' or (byte)'E' => To(State.Exponent),
        _ => ++digits <= MostDigits,
    };

    private bool Begin(bool name)
    {
        isName = name;
        return To(State.Text);
    }

    private bool Text(byte b)
    {
        switch (b)
        {
            case Quote:
                return To(isName ? State.Colon : State.AfterValue);
            case (byte)'\\':
                return To(State.Escape);
            case < 0x20:
                return false;
            case < 0x80:
                return true;
            case < 0xC2 or > 0xF4:
                return false;
            default:
                following = (byte)(b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3);
                // No longer form than needed, no half pair, nothing beyond U+10FFFF.
                (least, most) = b switch { 0xE0 => ((byte)0xA0, (byte)0xBF), 0xED => ((byte)0x80, (byte)0x9F), 0xF0 => ((byte)0x90, (byte)0xBF), 0xF4 => ((byte)0x80, (byte)0x8F), _ => ((byte)0x80, (byte)0xBF) };
                return To(State.Character);
        }
    }

    private bool Following(byte b)
    {
        if (b < least || b > most)
        {
            return false;
        }

        (least, most) = (0x80, 0xBF);
        return --following > 0 || To(State.Text);
    }

    private bool ToHexadecimal()
    {
        (at, isHigh) = (0, false);
        return To(State.Hexadecimal);
    }

    private bool Hexadecimal(byte b)
    {
        if (!char.IsAsciiHexDigit((char)b) || (at == 1 && isHigh && b is not (>= (byte)'0' and <= (byte)'7')))
        {
            return false;
        }

        isHigh = at == 0 && (b is (byte)'d' or (byte)'D');
        return ++at < 4 || To(State.Text);
    }
}
