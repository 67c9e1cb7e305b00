namespace Rag.Testing.Pdf;

/// <summary>The encoder that belongs to JBIG2's arithmetic decoder. Source: ITU-T T.88, annexes A and E.</summary>
public sealed class ArithmeticEncoder
{
    // Probability, next state after the likelier symbol, after the other one; from where on the likelier symbol changes stands below.
    private static readonly int[] Probability =
    [
        0x5601, 0x3401, 0x1801, 0x0AC1, 0x0521, 0x0221, 0x5601, 0x5401, 0x4801, 0x3801, 0x3001, 0x2401, 0x1C01, 0x1601, 0x5601, 0x5401, 0x5101, 0x4801, 0x3801, 0x3401, 0x3001, 0x2801, 0x2401, 0x2201,
        0x1C01, 0x1801, 0x1601, 0x1401, 0x1201, 0x1101, 0x0AC1, 0x09C1, 0x08A1, 0x0521, 0x0441, 0x02A1, 0x0221, 0x0141, 0x0111, 0x0085, 0x0049, 0x0025, 0x0015, 0x0009, 0x0005, 0x0001, 0x5601,
    ];

    private static readonly int[] Likely =
        [1, 2, 3, 4, 5, 38, 7, 8, 9, 10, 11, 12, 13, 29, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 45, 46];

    private static readonly int[] Other =
        [1, 6, 9, 12, 29, 33, 6, 14, 14, 14, 17, 18, 20, 21, 14, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 46];

    private readonly List<byte> written = [0];   // one before the first
    private uint interval = 0x8000, code;
    private int shifts = 12;

    /// <param name="contexts">State times two, plus the likelier symbol.</param>
    public void Bit(byte[] contexts, int context, int bit)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        int state = contexts[context] >> 1, symbol = contexts[context] & 1;
        uint qe = (uint)Probability[state];
        interval -= qe;
        if (bit == symbol)
        {
            if ((interval & 0x8000) != 0)
            {
                code += qe;
                return;
            }

            (interval, code) = interval < qe ? (qe, code) : (interval, code + qe);
            contexts[context] = (byte)((Likely[state] << 1) | symbol);
        }
        else
        {
            (interval, code) = interval < qe ? (interval, code + qe) : (qe, code);
            contexts[context] = (byte)((Other[state] << 1) | (state is 0 or 6 or 14 ? 1 - symbol : symbol));
        }

        do
        {
            interval <<= 1;
            code <<= 1;
            if (--shifts == 0)
            {
                Write();
            }
        }
        while ((interval & 0x8000) == 0);
    }

    /// <param name="value">Null ends a list.</param>
    public void Number(byte[] contexts, int? value)
    {
        int before = 1, size = Math.Abs(value ?? 0);
        Put(value is null or < 0 ? 1 : 0);
        (int ones, int length, int offset) = size < 4 ? (0, 2, 0) : size < 20 ? (1, 4, 4) : size < 84 ? (2, 6, 20) : size < 340 ? (3, 8, 84) : size < 4_436 ? (4, 12, 340) : (5, 32, 4_436);
        for (int i = 0; i < Math.Min(ones + 1, 5); i++)
        {
            Put(i < ones ? 1 : 0);
        }

        for (int i = length - 1; i >= 0; i--)
        {
            Put(((size - offset) >> i) & 1);
        }

        void Put(int bit)
        {
            Bit(contexts, before, bit);
            before = before < 256 ? (before << 1) | bit : (((before << 1) | bit) & 511) | 256;
        }
    }

    public void Symbol(byte[] contexts, int length, int number)
    {
        int before = 1;
        for (int i = length - 1; i >= 0; i--)
        {
            int bit = (number >> i) & 1;
            Bit(contexts, before, bit);
            before = (before << 1) | bit;
        }
    }

    /// <summary>All bytes, with the end mark.</summary>
    public byte[] Finish()
    {
        uint most = code + interval;
        code |= 0xFFFF;
        code -= code >= most ? 0x8000u : 0;
        code <<= shifts;
        Write();
        code <<= shifts;
        Write();
        if (written[^1] != 0xFF)
        {
            written.Add(0xFF);
        }

        written.Add(0xAC);
        return [.. written[1..]];
    }

    private void Write()
    {
        if (written[^1] != 0xFF && code >= 0x8000000)
        {
            written[^1]++;   // a carry
            code &= 0x7FFFFFF;
        }

        bool stuffed = written[^1] == 0xFF;
        written.Add((byte)(code >> (stuffed ? 20 : 19)));
        code &= stuffed ? 0xFFFFFu : 0x7FFFFu;
        shifts = stuffed ? 7 : 8;
    }
}
