namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>
/// The adaptive binary arithmetic decoder ("MQ"). Behind the end of its data it goes on with ones for ever, so what is decoded must be bounded elsewhere.
/// Source: ITU-T T.88, annexes E and A.
/// </summary>
internal sealed class ArithmeticDecoder
{
    // (probability, next state after the likelier symbol, after the other one, whether the likelier one changes). T.88, table E.1
    private static readonly (ushort Qe, byte Likely, byte Other, bool Switch)[] States =
    [
        (0x5601, 1, 1, true), (0x3401, 2, 6, false), (0x1801, 3, 9, false), (0x0AC1, 4, 12, false), (0x0521, 5, 29, false), (0x0221, 38, 33, false),
        (0x5601, 7, 6, true), (0x5401, 8, 14, false), (0x4801, 9, 14, false), (0x3801, 10, 14, false), (0x3001, 11, 17, false), (0x2401, 12, 18, false),
        (0x1C01, 13, 20, false), (0x1601, 29, 21, false), (0x5601, 15, 14, true), (0x5401, 16, 14, false), (0x5101, 17, 15, false), (0x4801, 18, 16, false),
        (0x3801, 19, 17, false), (0x3401, 20, 18, false), (0x3001, 21, 19, false), (0x2801, 22, 19, false), (0x2401, 23, 20, false), (0x2201, 24, 21, false),
        (0x1C01, 25, 22, false), (0x1801, 26, 23, false), (0x1601, 27, 24, false), (0x1401, 28, 25, false), (0x1201, 29, 26, false), (0x1101, 30, 27, false),
        (0x0AC1, 31, 28, false), (0x09C1, 32, 29, false), (0x08A1, 33, 30, false), (0x0521, 34, 31, false), (0x0441, 35, 32, false), (0x02A1, 36, 33, false),
        (0x0221, 37, 34, false), (0x0141, 38, 35, false), (0x0111, 39, 36, false), (0x0085, 40, 37, false), (0x0049, 41, 38, false), (0x0025, 42, 39, false),
        (0x0015, 43, 40, false), (0x0009, 44, 41, false), (0x0005, 45, 42, false), (0x0001, 45, 43, false), (0x5601, 46, 46, false),
    ];

    private readonly ReadOnlyMemory<byte> data;
    private uint code, interval = 0x8000;
    private int at, shifts;

    public ArithmeticDecoder(ReadOnlyMemory<byte> data)
    {
        this.data = data;
        code = (uint)Byte(0) << 16;
        Next();
        code <<= 7;
        shifts -= 7;
    }

    /// <param name="contexts">State times two, plus the likelier symbol; all zero at the beginning.</param>
    public int Bit(byte[] contexts, int context)
    {
        ref byte known = ref contexts[context];
        var (qe, likely, other, change) = States[known >> 1];
        int symbol = known & 1;
        interval -= qe;
        bool isOther;
        if (code >> 16 < qe)
        {
            isOther = interval >= qe;
            interval = qe;
        }
        else
        {
            code -= (uint)qe << 16;
            if ((interval & 0x8000) != 0)
            {
                return symbol;
            }

            isOther = interval < qe;
        }

        int bit = isOther ? 1 - symbol : symbol;
        known = isOther ? (byte)((other << 1) | (change ? 1 - symbol : symbol)) : (byte)((likely << 1) | symbol);
        do
        {
            if (shifts == 0)
            {
                Next();
            }

            interval <<= 1;
            code <<= 1;
            shifts--;
        }
        while ((interval & 0x8000) == 0);
        return bit;
    }

    /// <returns>Null: "out of band", which ends a list.</returns>
    /// <param name="contexts">512 of them.</param>
    public int? Integer(byte[] contexts)
    {
        int before = 1;
        int sign = Bit();
        (int length, int offset) = Bit() == 0 ? (2, 0) : Bit() == 0 ? (4, 4) : Bit() == 0 ? (6, 20) : Bit() == 0 ? (8, 84) : Bit() == 0 ? (12, 340) : (32, 4_436);
        long value = 0;
        for (int i = 0; i < length; i++)
        {
            value = (value << 1) | (uint)Bit();
        }

        value += offset;
        return sign == 1 && value == 0 ? null : value <= int.MaxValue ? (int)(sign == 1 ? -value : value) : throw new Jbig2Exception();

        int Bit()
        {
            int bit = this.Bit(contexts, before);
            before = before < 256 ? (before << 1) | bit : (((before << 1) | bit) & 511) | 256;
            return bit;
        }
    }

    /// <summary>The number of a symbol.</summary>
    /// <param name="contexts">Two to the power of <paramref name="length"/> of them.</param>
    public int Symbol(byte[] contexts, int length)
    {
        int before = 1;
        for (int i = 0; i < length; i++)
        {
            before = (before << 1) | Bit(contexts, before);
        }

        return before - (1 << length);
    }

    private byte Byte(int index) => index < data.Length ? data.Span[index] : (byte)0xFF;

    private void Next()
    {
        if (Byte(at) != 0xFF)
        {
            code += (uint)Byte(++at) << 8;
            shifts = 8;
        }
        else if (Byte(at + 1) > 0x8F)   // a marker: the end
        {
            code += 0xFF00;
            shifts = 8;
        }
        else
        {
            code += (uint)Byte(++at) << 9;
            shifts = 7;
        }
    }
}
