using System.IO.Compression;
using Rag.Ingestion.Extraction.Ocr;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Graphics.Colors;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Scans;

/// <summary>
/// Takes a picture out of a PDF: JPEG and JPEG 2000 as they are, for the OCR program to decode; other samples as shades of grey. What a picture may
/// unfold to is bounded before anything unfolds it.
/// </summary>
internal static class PictureDecoder
{
    /// <summary>Of a picture file, and of samples: a page of A4 in colour at 400 dpi.</summary>
    private const int MostBytes = 48 * 1024 * 1024;

    private const int MostSide = 32_000;   // the engine takes no more
    private const int Slack = 64 * 1024;   // some writers pad

    private static readonly string[] Jpegs = ["DCTDecode", "DCT", "JPXDecode"];

    /// <summary>It is stored as a picture file, which is handed on as it is; else as samples.</summary>
    public static bool IsFile(IPdfImage image) => Filters(image) is [.., var last] && Jpegs.Contains(last);

    /// <summary>The picture file.</summary>
    /// <exception cref="ScanException">It cannot be had.</exception>
    public static ReadOnlyMemory<byte> File(IPdfImage image)
    {
        ReadOnlyMemory<byte> file = Filters(image) switch
        {
            [_] => image.RawMemory,
            ["FlateDecode" or "Fl", _] => Inflate(image.RawMemory, MostBytes),
            _ => throw new ScanException(ScanTrouble.NotDecoded),
        };
        if (file.Length > MostBytes)
        {
            throw new ScanException(ScanTrouble.TooLarge);
        }

        if (Filters(image)[^1] != "JPXDecode")
        {
            (int width, int height) = JpegHead.Size(file.Span) ?? throw new ScanException(ScanTrouble.Damaged);
            _ = Bounded(width, height) ? true : throw new ScanException(ScanTrouble.TooLarge);
        }

        return file;
    }

    /// <inheritdoc cref="File"/>
    public static GreyBitmap Samples(IPdfImage image)
    {
        UnfoldedPicture unfolded = Unfold(image, MostBytes, fax: true);
        return Grey(image, unfolded.Samples.Span, unfolded.Width, unfolded.Height, unfolded.Bits, unfolded.Components, unfolded.Row);
    }

    /// <summary>Its samples as they are.</summary>
    /// <param name="fax">Those of a facsimile and of JBIG2, too, which take long.</param>
    /// <exception cref="ScanException">It cannot be had, or is larger than <paramref name="most"/> bytes.</exception>
    public static UnfoldedPicture Unfold(IPdfImage image, long most, bool fax)
    {
        (int width, int height) = (image.WidthInSamples, image.HeightInSamples);
        int bits = image.IsImageMask ? 1 : image.BitsPerComponent;
        int components = image.IsImageMask ? 1 : image.ColorSpaceDetails?.NumberOfColorComponents ?? 0;
        if (width <= 0 || height <= 0 || bits is not (1 or 2 or 4 or 8 or 16) || components is not (1 or 3 or 4) || (components > 1 && bits < 8))
        {
            throw new ScanException(width <= 0 || height <= 0 ? ScanTrouble.Damaged : ScanTrouble.NotDecoded);
        }

        long row = (((long)width * components * bits) + 7) / 8;
        if (!Bounded(width, height) || row * height > most)
        {
            throw new ScanException(ScanTrouble.TooLarge);
        }

        switch (Filters(image))
        {
            case []:
                break;
            case ["FlateDecode" or "Fl"]:
                Inflate(image.RawMemory, (row * height) + height + Slack, keep: false);   // a predictor adds a byte to each row
                break;
            case ["CCITTFaxDecode" or "CCF"] when fax && bits == 1 && Parameter(image, NameToken.Columns, 1728) == width:
                break;
            case ["LZWDecode" or "LZW"]:
                PackedSize.OfLzw(image.RawMemory.Span, Parameter(image, NameToken.EarlyChange, 1) == 1, (row * height) + height + Slack);
                break;
            case ["RunLengthDecode" or "RL"]:
                PackedSize.OfRuns(image.RawMemory.Span, (row * height) + Slack);
                break;
            case ["JBIG2Decode"] when fax && bits == 1 && components == 1:
                return new UnfoldedPicture(Jbig2Pictures.Decode(image, width, height, Parameters(image)), width, height, bits, components, (int)row);
            default:
                throw new ScanException(ScanTrouble.NotDecoded);
        }

        if (!image.TryGetBytesAsMemory(out Memory<byte> samples) || samples.Length < row)
        {
            throw new ScanException(ScanTrouble.Damaged);
        }

        return new UnfoldedPicture(samples, width, height, bits, components, (int)row);
    }

    /// <summary>Rows that are missing at the end of a cut file stay white.</summary>
    private static GreyBitmap Grey(IPdfImage image, ReadOnlySpan<byte> samples, int width, int height, int bits, int components, int row)
    {
        GreyBitmap grey = GreyBitmap.White(width, height);
        byte[]? shades = components == 1 ? Shades(image, bits) : null;
        bool invert = image.Decode is [var first, var second, ..] && first > second;
        int step = bits == 16 ? 2 : 1;
        for (int y = 0; y < height && (y + 1) * (long)row <= samples.Length; y++)
        {
            ReadOnlySpan<byte> from = samples.Slice(y * row, row);
            Span<byte> to = grey.Pixels.AsSpan(y * width, width);
            for (int x = 0; x < width; x++)
            {
                if (shades is not null)
                {
                    to[x] = shades[bits >= 8 ? from[x * step] : (from[x * bits / 8] >> (8 - bits - (x * bits % 8))) & ((1 << bits) - 1)];
                    continue;
                }

                int at = x * components * step;
                (int a, int b, int c) = (from[at], from[at + step], from[at + (2 * step)]);
                int weighed = ((a * 77) + (b * 151) + (c * 28)) >> 8;   // ITU-R BT.601
                weighed = invert ? 255 - weighed : weighed;
                int black = components < 4 ? 0 : invert ? 255 - from[at + (3 * step)] : from[at + (3 * step)];
                to[x] = (byte)(components == 3 ? weighed : 255 - Math.Min(255, weighed + black));
            }
        }

        return grey;
    }

    /// <summary>The shade of each sample value of a picture with one component; of 16 bits the upper 8 count.</summary>
    private static byte[] Shades(IPdfImage image, int bits)
    {
        int values = 1 << Math.Min(bits, 8);
        byte[] shades = new byte[values];
        bool indexed = image.ColorSpaceDetails?.Type == ColorSpace.Indexed;
        (double from, double to) = image.Decode is [var low, var high, ..] && !indexed ? (low, high) : (0, 1);
        for (int i = 0; i < values; i++)
        {
            double share = from + ((to - from) * i / (values - 1));
            double light = share;
            if (!image.IsImageMask && image.ColorSpaceDetails is { } space && space.Type is not (ColorSpace.DeviceGray or ColorSpace.CalGray or ColorSpace.ICCBased))
            {
                (double red, double green, double blue) = space.GetColor([indexed ? i : share])?.ToRGBValues() ?? (share, share, share);
                light = (0.299 * red) + (0.587 * green) + (0.114 * blue);
            }

            shades[i] = (byte)Math.Clamp(double.IsFinite(light) ? light * 255 : 255, 0, 255);
        }

        return shades;
    }

    private static bool Bounded(int width, int height) =>
        width is > 0 and <= MostSide && height is > 0 and <= MostSide && (long)width * height <= GreyBitmap.MostPixels;

    private static byte[] Inflate(ReadOnlyMemory<byte> packed, long most, bool keep = true)
    {
        using var unpacking = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        using var kept = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        try
        {
            for (int read; (read = unpacking.Read(buffer)) > 0;)
            {
                if ((total += read) > most)
                {
                    throw new ScanException(ScanTrouble.TooLarge);
                }

                if (keep)
                {
                    kept.Write(buffer, 0, read);
                }
            }
        }
        catch (InvalidDataException)
        {
            // a cut or wrong end: what came before counts
        }

        return kept.ToArray();
    }

    private static string[] Filters(IPdfImage image)
    {
        DictionaryToken facts = image.ImageDictionary;
        return !facts.TryGet(NameToken.Filter, out IToken? filter) && !facts.TryGet(NameToken.F, out filter) ? []
            : filter switch
            {
                NameToken name => [name.Data],
                ArrayToken many => [.. many.Data.Select(one => (one as NameToken)?.Data ?? "?")],
                _ => ["?"],
            };
    }

    private static int Parameter(IPdfImage image, NameToken name, int usual) =>
        Parameters(image) is { } parameters && parameters.TryGet(name, out IToken? value) ? (value as NumericToken)?.Int ?? -1 : usual;

    /// <summary>Of the one filter that it has.</summary>
    private static DictionaryToken? Parameters(IPdfImage image)
    {
        DictionaryToken facts = image.ImageDictionary;
        IToken? parameters = facts.TryGet(NameToken.DecodeParms, out IToken? given) || facts.TryGet(NameToken.Dp, out given) ? given : null;
        return (parameters is ArrayToken { Data: [var only] } ? only : parameters) as DictionaryToken;
    }
}

/// <param name="Row">Bytes of a row.</param>
internal sealed record UnfoldedPicture(Memory<byte> Samples, int Width, int Height, int Bits, int Components, int Row);

/// <summary>A picture of a scan cannot be taken out, for a reason.</summary>
internal sealed class ScanException(ScanTrouble trouble) : Exception
{
    public ScanTrouble Trouble => trouble;
}
