using System.Globalization;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Colours that Office files set directly. Those of themes are not worked out.</summary>
internal static class DrawingFill
{
    private const byte NearlyWhite = 0xF8;

    /// <param name="colour">Six hexadecimal digits; all else is not white.</param>
    public static bool IsWhite(string colour) =>
        colour.Length == 6 && Enumerable.Range(0, 3).All(part => byte.TryParse(colour.AsSpan(2 * part, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out byte value) && value >= NearlyWhite);

    /// <param name="fill">A fill, or a colour of a theme.</param>
    public static bool IsWhite(XElement? fill) => fill?.Child("srgbClr")?.Attr("val") is { } colour && IsWhite(colour);

    /// <summary>A shape has a ground of its own that is not plain white, by its properties or by a style that fills.</summary>
    /// <param name="properties">Of the shape or group.</param>
    public static bool HasColour(XElement shape, XElement? properties) =>
        properties?.Elements().Any(fill => fill.Name.LocalName is "gradFill" or "blipFill" or "pattFill" or "grpFill" || (fill.Is("solidFill") && !IsWhite(fill))) == true
        || (properties?.Child("noFill") is null && properties?.Child("solidFill") is null && shape.Child("style")?.Child("fillRef")?.Attr("idx") is { } style && style != "0");
}
