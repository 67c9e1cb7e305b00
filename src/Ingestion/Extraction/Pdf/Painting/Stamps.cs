using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Annotations that are painted over the page and may cover it.</summary>
internal static class Stamps
{
    private const int Most = 200;
    private const int Hidden = 2, NoView = 32;   // flags
    private static readonly string[] Covering = ["Stamp", "Square", "FreeText"];

    /// <returns>Their appearances, and where these are put. ISO 32000-1, 12.5.5.</returns>
    public static IEnumerable<(StreamToken Appearance, TransformationMatrix Place)> Of(DictionaryToken page, IPdfTokenScanner scanner)
    {
        if (Get(page, "Annots", scanner) is not ArrayToken annotations)
        {
            yield break;
        }

        foreach (IToken each in annotations.Data.Take(Most))
        {
            if (Resolve(each, scanner) is DictionaryToken annotation
                && Get(annotation, "Subtype", scanner) is NameToken subtype && Covering.Contains(subtype.Data)
                && ((Get(annotation, "F", scanner) is NumericToken flags ? flags.Int : 0) & (Hidden | NoView)) == 0
                && Get(annotation, "AP", scanner) is DictionaryToken looks && Get(looks, "N", scanner) is StreamToken look
                && Numbers(annotation, "Rect", 4, scanner) is { } rect && Numbers(look.StreamDictionary, "BBox", 4, scanner) is { } box)
            {
                TransformationMatrix matrix = Numbers(look.StreamDictionary, "Matrix", 6, scanner) is { } own ? TransformationMatrix.FromArray(own) : TransformationMatrix.Identity;
                Box from = Box.Around(matrix.Transform(new PdfRectangle(box[0], box[1], box[2], box[3])));
                Box to = Box.Around([new PdfPoint(rect[0], rect[1]), new PdfPoint(rect[2], rect[3])]);
                if (!from.IsEmpty && !to.IsEmpty)
                {
                    double x = (to.Right - to.Left) / (from.Right - from.Left), y = (to.Top - to.Bottom) / (from.Top - from.Bottom);
                    yield return (look, TransformationMatrix.FromValues(x, 0, 0, y, to.Left - (from.Left * x), to.Bottom - (from.Bottom * y)));
                }
            }
        }
    }

    private static double[]? Numbers(DictionaryToken from, string key, int count, IPdfTokenScanner scanner) =>
        Get(from, key, scanner) is ArrayToken array && array.Data.Select(each => Resolve(each, scanner)).OfType<NumericToken>().Select(number => number.Double).ToArray() is var numbers
        && numbers.Length == count ? numbers : null;

    private static IToken? Get(DictionaryToken dictionary, string key, IPdfTokenScanner scanner) =>
        dictionary.TryGet(NameToken.Create(key), out IToken? token) ? Resolve(token, scanner) : null;

    private static IToken? Resolve(IToken? token, IPdfTokenScanner scanner) =>
        token is IndirectReferenceToken reference ? scanner.Get(reference.Data)?.Data : token;
}
