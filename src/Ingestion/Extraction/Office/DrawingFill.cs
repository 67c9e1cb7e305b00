using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>What a shape is filled with.</summary>
/// <param name="Colour">Null for a picture, a gradient, a pattern, or a colour that cannot be told.</param>
internal readonly record struct DrawingFill(Colour? Colour)
{
    /// <param name="properties">Of the shape or group.</param>
    /// <returns>Null where it shows what is behind it.</returns>
    public static DrawingFill? Of(XElement shape, XElement? properties, ThemeColours? theme)
    {
        if (Element(properties) is { } fill)
        {
            return fill.Is("noFill") ? null : new DrawingFill(Solid(fill, theme));
        }

        // The theme's fills of that number are not looked up: some are gradients.
        return shape.Child("style")?.Child("fillRef")?.Attr("idx") is { } style && style != "0" ? new DrawingFill(null) : null;
    }

    /// <param name="properties">Of a shape, a group, a line or letters.</param>
    /// <returns>What says how they are filled, "noFill" included; null where nothing does.</returns>
    public static XElement? Element(XElement? properties) =>
        properties?.Elements().FirstOrDefault(fill => fill.Name.LocalName is "solidFill" or "noFill" or "gradFill" or "blipFill" or "pattFill" or "grpFill");

    /// <param name="fill">See <see cref="Element"/>.</param>
    /// <returns>Null where it is not one known colour.</returns>
    public static Colour? Solid(XElement fill, ThemeColours? theme) => fill.Is("solidFill") ? DrawingColour.Of(fill, theme) : null;
}
