using Rag.Ingestion.Extraction.Ocr;

namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>
/// A picture of two levels as scanners and their programs store it in PDF: generic, refinement and text regions in arithmetic codes, generic regions in
/// facsimile codes. Huffman codes and halftones are not decoded. Source: ITU-T T.88; ISO 32000-1, 7.4.7.
/// </summary>
internal sealed class Jbig2Decoder
{
    /// <summary>Some five seconds of work; a page of A4 at 600 dpi takes a third of it.</summary>
    private const long MostWork = 480_000_000;

    private const uint Unknown = uint.MaxValue;

    private readonly Dictionary<uint, SymbolDictionary> dictionaries = [];
    private readonly Dictionary<uint, Bilevel> regions = [];   // kept for refinement
    private readonly PixelBudget budget;
    private readonly Func<ReadOnlyMemory<byte>, int, int, Bilevel> facsimile;
    private readonly (int Width, int Height) size;
    private Bilevel? page;

    private Jbig2Decoder(int width, int height, Func<ReadOnlyMemory<byte>, int, int, Bilevel> facsimile, long mostWork) =>
        (size, this.facsimile, budget) = ((width, height), facsimile, new PixelBudget(mostWork));

    /// <param name="globals">Segments that several pictures of the file share; empty where there are none.</param>
    /// <param name="width">As the PDF says; what the stream says otherwise is cut or left white.</param>
    /// <param name="facsimile">Decodes a region in facsimile codes (T.6): data, width, height.</param>
    /// <exception cref="Jbig2Exception">It cannot be decoded.</exception>
    public static Bilevel Decode(ReadOnlyMemory<byte> globals, ReadOnlyMemory<byte> data, int width, int height, Func<ReadOnlyMemory<byte>, int, int, Bilevel> facsimile, long mostWork = MostWork)
    {
        var decoder = new Jbig2Decoder(width, height, facsimile, mostWork);
        decoder.Read(new BigEndian(globals));
        decoder.Read(new BigEndian(data));
        Bilevel page = decoder.page ?? throw new Jbig2Exception();
        return (page.Width, page.Height) == (width, height) ? page : page.Cut(0, 0, width, height);
    }

    private void Read(BigEndian stream)
    {
        while (stream.Left >= Segment.ShortestHead)
        {
            Segment segment = Segment.ReadHead(stream);
            int length = segment.Length != Unknown ? (int)Math.Min(segment.Length, int.MaxValue)
                : segment.Kind == 38 ? LengthOf(stream.Rest.Span)
                : throw new Jbig2Exception();
            // Cut files: what there is of the last segment is read.
            Read(segment, new BigEndian(stream.Take(Math.Min(length, stream.Left))));
        }
    }

    /// <summary>Kinds of segments: T.88, 7.3.</summary>
    private void Read(Segment segment, BigEndian data)
    {
        switch (segment.Kind)
        {
            case 0:
                dictionaries[segment.Number] = SymbolDictionary.Read(data, [.. Dictionaries(segment)], budget);
                break;
            case 4 or 6 or 7:
                Paint(segment, data, (place, rest) => Text(segment, place, rest));
                break;
            case 36 or 38 or 39:
                Paint(segment, data, Generic);
                break;
            case 40 or 42 or 43:
                Paint(segment, data, (place, rest) => Refined(segment, place, rest));
                break;
            case 48:
                Begin(data);
                break;
            case 16 or 20 or 22 or 23 or 53:   // patterns, halftones, Huffman tables
                throw new Jbig2Exception(ScanTrouble.NotDecoded);
            default:
                break;   // ends of stripes, pages, files; remarks
        }
    }

    private void Begin(BigEndian data)
    {
        uint width = data.Int(), height = data.Int();
        data.Take(8);   // resolution
        byte flags = data.Byte();
        if (page is not null || width > int.MaxValue || (height > int.MaxValue && height != Unknown))
        {
            throw new Jbig2Exception(page is not null ? ScanTrouble.Damaged : ScanTrouble.TooLarge);
        }

        int rows = height == Unknown ? size.Height : (int)height;   // striped: known at the end
        budget.Take(width, rows);
        page = new Bilevel((int)width, rows);
        page.Pixels.AsSpan().Fill((byte)((flags >> 2) & 1));
    }

    /// <summary>Decodes a region and lays it on the page, or keeps it.</summary>
    private void Paint(Segment segment, BigEndian data, Func<Place, BigEndian, Bilevel> decode)
    {
        Bilevel on = page ?? throw new Jbig2Exception();
        var place = new Place(data.Int(), data.Int(), data.Int(), data.Int(), data.Byte() & 7);
        budget.Take(place.Width, place.Height);
        Bilevel region = decode(place, data);
        if (segment.Kind is 4 or 36 or 40)
        {
            regions[segment.Number] = region;
        }
        else if (place.Left <= int.MaxValue && place.Top <= int.MaxValue)
        {
            on.Lay(region, (int)place.Left, (int)place.Top, place.How);
        }
    }

    private Bilevel Generic(Place place, BigEndian data)
    {
        byte flags = data.Byte();
        int template = (flags >> 1) & 3;
        if ((flags & 1) != 0)
        {
            budget.Take(place.Width, place.Height, PixelBudget.DecodedPixel);
            return facsimile(data.Rest, (int)place.Width, (int)place.Height);
        }

        if ((flags & 0x10) != 0)   // twelve movable pixels, of a later edition
        {
            throw new Jbig2Exception(ScanTrouble.NotDecoded);
        }

        var region = new GenericRegion(template, (flags & 8) != 0, data.Places(GenericRegion.Movable(template)));
        return region.Decode((int)place.Width, (int)place.Height, new ArithmeticDecoder(data.Rest), new byte[GenericRegion.Contexts], budget);
    }

    private Bilevel Refined(Segment segment, Place place, BigEndian data)
    {
        byte flags = data.Byte();
        int template = flags & 1;
        var region = new RefinementRegion(template, (flags & 2) != 0, template == 0 ? data.Places(2) : []);
        Bilevel? like = segment.Others.Select(other => regions.GetValueOrDefault(other)).FirstOrDefault(other => other is not null);
        if (like is null)
        {
            if (place.Left > int.MaxValue || place.Top > int.MaxValue)
            {
                throw new Jbig2Exception();
            }

            like = page!.Cut((int)place.Left, (int)place.Top, (int)place.Width, (int)place.Height);
        }

        return region.Decode((int)place.Width, (int)place.Height, like, 0, 0, new ArithmeticDecoder(data.Rest), new byte[RefinementRegion.Contexts], budget);
    }

    private Bilevel Text(Segment segment, Place place, BigEndian data)
    {
        ushort flags = data.Short();
        if ((flags & 1) != 0)
        {
            throw new Jbig2Exception(ScanTrouble.NotDecoded);
        }

        bool refines = (flags & 2) != 0;
        int template = flags >> 15;
        var refinement = new RefinementRegion(template, typical: false, refines && template == 0 ? data.Places(2) : [default, default]);
        List<Bilevel> symbols = [.. Dictionaries(segment).SelectMany(dictionary => dictionary.Symbols)];
        var region = new TextRegion
        {
            Width = (int)place.Width,
            Height = (int)place.Height,
            Instances = data.Count(),
            Refines = refines,
            LogStrips = (flags >> 2) & 3,
            Corner = (flags >> 4) & 3,
            Transposed = (flags & 0x40) != 0,
            How = (flags >> 7) & 3,
            Black = (flags & 0x200) != 0,
            Gap = ((flags >> 10) & 31) << 27 >> 27,   // five bits with a sign
            Refinement = refinement,
        };
        return region.Decode(symbols, new ArithmeticDecoder(data.Rest), new TextContexts(TextContexts.LengthFor(symbols.Count)), budget);
    }

    private IEnumerable<SymbolDictionary> Dictionaries(Segment segment) => segment.Others.Select(other => dictionaries.GetValueOrDefault(other)).OfType<SymbolDictionary>();

    /// <summary>Of a generic region whose writer did not know it: up to its end mark and the number of rows behind that. T.88, 7.2.7.</summary>
    private static int LengthOf(ReadOnlySpan<byte> data)
    {
        const int head = 18;
        if (data.Length <= head)
        {
            throw new Jbig2Exception();
        }

        ReadOnlySpan<byte> mark = (data[head - 1] & 1) != 0 ? [0, 0] : [0xFF, 0xAC];
        int at = data[head..].IndexOf(mark);
        return at < 0 ? data.Length : Math.Min(data.Length, head + at + mark.Length + 4);
    }

    /// <summary>Of a region on the page.</summary>
    private readonly record struct Place(uint Width, uint Height, uint Left, uint Top, int How);
}
