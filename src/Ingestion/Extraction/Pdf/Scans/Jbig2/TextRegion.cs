namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>Symbols laid down in strips. Source: ITU-T T.88, 6.4.</summary>
internal sealed class TextRegion
{
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required int Instances { get; init; }

    /// <summary>Symbols may be refined before they are laid down.</summary>
    public bool Refines { get; init; }

    public int LogStrips { get; init; }

    /// <summary>The corner that a place is of: 0 bottom left, 1 top left, 2 bottom right, 3 top right.</summary>
    public int Corner { get; init; } = 1;

    /// <summary>Strips run downwards.</summary>
    public bool Transposed { get; init; }

    /// <summary>As in <see cref="Bilevel.Lay"/>.</summary>
    public int How { get; init; }

    public bool Black { get; init; }
    public int Gap { get; init; }
    public required RefinementRegion Refinement { get; init; }

    private bool IsRight => Corner >= 2;

    private bool IsBottom => Corner is 0 or 2;

    /// <param name="symbols">By their numbers.</param>
    public Bilevel Decode(IReadOnlyList<Bilevel> symbols, ArithmeticDecoder decoder, TextContexts contexts, PixelBudget budget)
    {
        budget.Take(Width, Height);
        var region = new Bilevel(Width, Height);
        if (Black)
        {
            region.Pixels.AsSpan().Fill(1);
        }

        long strip = -(long)Required(decoder.Integer(contexts.StripStep)) << LogStrips, firstAcross = 0;
        for (int laid = 0; laid < Instances;)
        {
            strip += (long)Required(decoder.Integer(contexts.StripStep)) << LogStrips;
            long across = firstAcross += Required(decoder.Integer(contexts.First));
            while (true)
            {
                if (laid++ == Instances)
                {
                    throw new Jbig2Exception();
                }

                long down = strip + (LogStrips == 0 ? 0 : Required(decoder.Integer(contexts.Within)));
                Bilevel symbol = Symbol(symbols, decoder, contexts, budget);
                across += Before(symbol);
                budget.Take(symbol.Width, symbol.Height);
                Lay(region, symbol, across, down);
                across += After(symbol);
                if (decoder.Integer(contexts.Step) is not { } step)
                {
                    break;
                }

                across += step + Gap;
            }
        }

        return region;
    }

    private Bilevel Symbol(IReadOnlyList<Bilevel> symbols, ArithmeticDecoder decoder, TextContexts contexts, PixelBudget budget)
    {
        int number = decoder.Symbol(contexts.Symbol, contexts.SymbolLength);
        Bilevel symbol = number < symbols.Count ? symbols[number] : throw new Jbig2Exception();
        if (!Refines || Required(decoder.Integer(contexts.IsRefined)) == 0)
        {
            return symbol;
        }

        int wider = Required(decoder.Integer(contexts.Wider)), higher = Required(decoder.Integer(contexts.Higher));
        int right = Required(decoder.Integer(contexts.Right)), below = Required(decoder.Integer(contexts.Below));
        return Refinement.Decode(Sum(symbol.Width, wider), Sum(symbol.Height, higher), symbol, Sum(wider >> 1, right), Sum(higher >> 1, below), decoder, contexts.Refinement, budget);
    }

    /// <summary>The way along the strip that lies before the corner of a symbol; the rest lies after it.</summary>
    private int Before(Bilevel symbol) => Transposed ? IsBottom ? symbol.Height - 1 : 0 : IsRight ? symbol.Width - 1 : 0;

    private int After(Bilevel symbol) => Transposed ? IsBottom ? 0 : symbol.Height - 1 : IsRight ? 0 : symbol.Width - 1;

    private void Lay(Bilevel region, Bilevel symbol, long across, long down)
    {
        (long x, long y) = Transposed ? (down, across) : (across, down);
        x -= IsRight ? symbol.Width - 1 : 0;
        y -= IsBottom ? symbol.Height - 1 : 0;
        if (Math.Abs(x) < int.MaxValue && Math.Abs(y) < int.MaxValue)
        {
            region.Lay(symbol, (int)x, (int)y, How);
        }
    }

    private static int Required(int? value) => value ?? throw new Jbig2Exception();

    private static int Sum(int one, int other) => (long)one + other is >= int.MinValue and <= int.MaxValue ? one + other : throw new Jbig2Exception();
}

/// <summary>What a decoder has learnt of the numbers of text regions.</summary>
/// <param name="symbolLength">Bits of a symbol's number.</param>
internal sealed class TextContexts(int symbolLength)
{
    public int SymbolLength => symbolLength;

    public byte[] StripStep { get; } = new byte[512];
    public byte[] First { get; } = new byte[512];
    public byte[] Step { get; } = new byte[512];
    public byte[] Within { get; } = new byte[512];
    public byte[] IsRefined { get; } = new byte[512];
    public byte[] Wider { get; } = new byte[512];
    public byte[] Higher { get; } = new byte[512];
    public byte[] Right { get; } = new byte[512];
    public byte[] Below { get; } = new byte[512];
    public byte[] Symbol { get; } = new byte[1 << symbolLength];
    public byte[] Refinement { get; init; } = new byte[RefinementRegion.Contexts];

    /// <summary>Bits that tell so many symbols apart.</summary>
    public static int LengthFor(int symbols)
    {
        int length = 0;
        while (1L << length < symbols)
        {
            length++;
        }

        return length;
    }
}
