using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Colors;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>
/// Colour spaces that a file calls by the name of a family, "Lab" or "ICCBased". PdfPig takes such a name for the family itself, finds no white point and
/// leaves the colour as it was; readers look among the page's resources first.
/// </summary>
internal static class ColourNames
{
    /// <returns>False where the operation sets no space of such a name: PdfPig does what it says rightly.</returns>
    public static bool Set(IGraphicsStateOperation operation, IResourceStore resources, IColorSpaceContext? colours) => operation switch
    {
        SetNonStrokeColorSpace fill when colours is not null => Set(fill.Name, resources, colours.SetNonStrokingColorspace),
        SetStrokeColorSpace stroke when colours is not null => Set(stroke.Name, resources, colours.SetStrokingColorspace),
        _ => false,
    };

    private static bool Set(NameToken name, IResourceStore resources, Action<NameToken, DictionaryToken?> set)
    {
        // These four are always themselves. ISO 32000-1, 8.6.3
        if (name.Data is "DeviceGray" or "DeviceRGB" or "DeviceCMYK" or "Pattern" || !name.TryMapToColorSpace(out _) || !resources.TryGetNamedColorSpace(name, out ResourceColorSpace named))
        {
            return false;
        }

        set(named.Name, named.Data is ArrayToken array ? new DictionaryToken(new Dictionary<NameToken, IToken> { [NameToken.ColorSpace] = array }) : null);
        return true;
    }
}
