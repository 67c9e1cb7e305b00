using Rag.Ingestion.Extraction.Ocr;
using Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Scans;

/// <summary>Pictures in JBIG2, which PdfPig does not decode.</summary>
internal static class Jbig2Pictures
{
    private static readonly NameToken GlobalsName = NameToken.Create("JBIG2Globals");

    /// <returns>Eight pixels a byte, 0 is black.</returns>
    /// <exception cref="ScanException">It cannot be decoded.</exception>
    public static byte[] Decode(IPdfImage image, int width, int height, DictionaryToken? parameters)
    {
        try
        {
            return Jbig2Decoder.Decode(Globals(parameters), image.RawMemory, width, height, Facsimile).Pack();
        }
        catch (Jbig2Exception exception)
        {
            throw new ScanException(exception.Trouble);
        }
    }

    private static ReadOnlyMemory<byte> Globals(DictionaryToken? parameters) =>
        parameters is null || !parameters.TryGet(GlobalsName, out IToken? token) ? default
        : token is not StreamToken globals ? throw new ScanException(ScanTrouble.Damaged)
        : globals.StreamDictionary.ContainsKey(NameToken.Filter) ? throw new ScanException(ScanTrouble.NotDecoded)
        : globals.Data;

    private static Bilevel Facsimile(ReadOnlyMemory<byte> data, int width, int height)
    {
        var parameters = new DictionaryToken(new Dictionary<NameToken, IToken>
        {
            [NameToken.K] = new NumericToken(-1),
            [NameToken.Columns] = new NumericToken(width),
            [NameToken.Rows] = new NumericToken(height),
            [NameToken.BlackIs1] = BooleanToken.True,
        });
        var facts = new DictionaryToken(new Dictionary<NameToken, IToken> { [NameToken.Filter] = NameToken.CcittfaxDecode, [NameToken.DecodeParms] = parameters });
        ReadOnlySpan<byte> packed = new CcittFaxDecodeFilter().Decode(data.ToArray(), facts, DefaultFilterProvider.Instance, 0).Span;
        var region = new Bilevel(width, height);
        int row = (width + 7) / 8;
        for (int at = 0; at < region.Pixels.Length && (at / width * row) + (at % width >> 3) < packed.Length; at++)
        {
            region.Pixels[at] = (byte)((packed[(at / width * row) + (at % width >> 3)] >> (7 - (at % width & 7))) & 1);
        }

        return region;
    }
}
