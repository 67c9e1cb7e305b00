using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Colors;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>
/// Colour spaces that a file calls by the name of a family, "Lab" or "ICCBased". PdfPig takes such a name for the family itself, finds no white point and
/// leaves the colour as it was; readers look among the page's resources first.
/// </summary>
internal static class ColourNames
{
    /// <summary>A setter of <see cref="IColorSpaceContext"/>, stroking or not.</summary>
    public delegate void Setter(NameToken family, DictionaryToken? entry);

    /// <returns>False where the name is no such one: PdfPig sets it rightly.</returns>
    public static bool Set(NameToken name, IResourceStore resources, Setter set)
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
