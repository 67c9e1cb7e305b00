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
        foreach (XElement fill in properties?.Elements() ?? [])
        {
            switch (fill.Name.LocalName)
            {
                case "noFill":
                    return null;
                case "solidFill":
                    return new DrawingFill(DrawingColour.Of(fill, theme));
                case "gradFill" or "blipFill" or "pattFill" or "grpFill":
                    return new DrawingFill(null);
            }
        }

        // The theme's fills of that number are not looked up: some are gradients.
        return shape.Child("style")?.Child("fillRef")?.Attr("idx") is { } style && style != "0" ? new DrawingFill(null) : null;
    }
}
