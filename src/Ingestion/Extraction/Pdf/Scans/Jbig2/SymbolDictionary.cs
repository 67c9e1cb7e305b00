namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>Small pictures, most often letters, that text regions lay down by their numbers. Source: ITU-T T.88, 6.5 and 7.4.2.</summary>
/// <param name="Symbols">Those that it hands on.</param>
/// <param name="Learnt">What later dictionaries may go on with; null where it keeps nothing.</param>
internal sealed record SymbolDictionary(IReadOnlyList<Bilevel> Symbols, (byte[] Generic, byte[] Refinement)? Learnt)
{
    private const int MostSymbols = 200_000;

    /// <param name="before">Dictionaries that this one builds on, in order.</param>
    /// <exception cref="Jbig2Exception">It is damaged, too large, or in Huffman codes.</exception>
    public static SymbolDictionary Read(BigEndian data, IReadOnlyList<SymbolDictionary> before, PixelBudget budget)
    {
        ushort flags = data.Short();
        if ((flags & 1) != 0)
        {
            throw new Jbig2Exception(Ocr.ScanTrouble.NotDecoded);
        }

        bool builds = (flags & 2) != 0;
        int template = (flags >> 10) & 3, refinementTemplate = (flags >> 12) & 1;
        var generic = new GenericRegion(template, typical: false, data.Places(GenericRegion.Movable(template)));
        var refinement = new RefinementRegion(refinementTemplate, typical: false, builds && refinementTemplate == 0 ? data.Places(2) : [default, default]);
        int exported = data.Count(), added = data.Count();
        List<Bilevel> symbols = [.. before.SelectMany(dictionary => dictionary.Symbols)];
        if (exported > MostSymbols || (long)symbols.Count + added > MostSymbols)
        {
            throw new Jbig2Exception(Ocr.ScanTrouble.TooLarge);
        }

        var learnt = (Generic: new byte[GenericRegion.Contexts], Refinement: new byte[RefinementRegion.Contexts]);
        if ((flags & 0x100) != 0)
        {
            learnt = before is [.., { Learnt: { } known }] ? ((byte[])known.Generic.Clone(), (byte[])known.Refinement.Clone()) : throw new Jbig2Exception();
        }

        int all = symbols.Count + added;
        var builder = new Builder(new ArithmeticDecoder(data.Rest), generic, refinement, builds, learnt.Generic, new TextContexts(TextContexts.LengthFor(all)) { Refinement = learnt.Refinement }, budget);
        builder.Add(symbols, all);
        return new SymbolDictionary(builder.Export(symbols, exported), (flags & 0x200) != 0 ? learnt : null);
    }

    private sealed class Builder(
        ArithmeticDecoder decoder, GenericRegion generic, RefinementRegion refinement, bool builds, byte[] genericContexts, TextContexts text, PixelBudget budget)
    {
        private readonly byte[] higher = new byte[512], wider = new byte[512], many = new byte[512], run = new byte[512];

        public void Add(List<Bilevel> symbols, int all)
        {
            long height = 0;
            while (symbols.Count < all)
            {
                height += decoder.Integer(higher) ?? throw new Jbig2Exception();
                long width = 0;
                while (decoder.Integer(wider) is { } step)
                {
                    width += step;
                    if (symbols.Count == all)
                    {
                        throw new Jbig2Exception();
                    }

                    budget.Take(width, height);
                    symbols.Add(builds ? Built(symbols, (int)width, (int)height) : generic.Decode((int)width, (int)height, decoder, genericContexts, budget));
                }

                budget.Take(0, 0);   // a class without a symbol costs as well
            }
        }

        public List<Bilevel> Export(List<Bilevel> symbols, int expected)
        {
            var exported = new List<Bilevel>();
            bool export = false;
            for (int at = 0; at < symbols.Count; export = !export)
            {
                int length = decoder.Integer(run) ?? throw new Jbig2Exception();
                if (length < 0 || length > symbols.Count - at)
                {
                    throw new Jbig2Exception();
                }

                budget.Take(0, 0);
                exported.AddRange(export ? symbols.GetRange(at, length) : []);
                at += length;
            }

            return exported.Count == expected ? exported : throw new Jbig2Exception();
        }

        /// <summary>From symbols that are there: one that is refined, or several laid together.</summary>
        private Bilevel Built(List<Bilevel> symbols, int width, int height)
        {
            int count = decoder.Integer(many) ?? throw new Jbig2Exception();
            if (count != 1)
            {
                return new TextRegion { Width = width, Height = height, Instances = count, Refines = true, Refinement = refinement }.Decode(symbols, decoder, text, budget);
            }

            int number = decoder.Symbol(text.Symbol, text.SymbolLength);
            int right = decoder.Integer(text.Right) ?? throw new Jbig2Exception(), below = decoder.Integer(text.Below) ?? throw new Jbig2Exception();
            return number < symbols.Count ? refinement.Decode(width, height, symbols[number], right, below, decoder, text.Refinement, budget) : throw new Jbig2Exception();
        }
    }
}
