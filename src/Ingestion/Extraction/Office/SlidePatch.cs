using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Something on a slide, layout or master that covers what is behind it.</summary>
/// <param name="Place">Null for somewhere.</param>
/// <param name="Colour">Null for a picture, a table, a gradient or what cannot be told.</param>
internal readonly record struct SlidePatch(SlideArea? Place, Colour? Colour)
{
    public static IEnumerable<SlidePatch> All(XElement? shapes, ThemeColours? theme)
    {
        foreach (XElement shape in shapes?.Elements() ?? [])
        {
            if (shape.Name.LocalName is "pic" or "graphicFrame" or "contentPart")
            {
                yield return new SlidePatch(SlideArea.Of(shape), null);
            }
            else if (FillOf(shape, theme) is { } fill)
            {
                yield return new SlidePatch(SlideArea.Of(shape), fill.Colour);
            }
            else if (shape.Name.LocalName is "grpSp" or "AlternateContent" && shape.DescendantsAndSelf().Any(inner => inner.Name.LocalName is "pic" or "graphicFrame" || FillOf(inner, theme) is not null))
            {
                yield return new SlidePatch(shape.Is("grpSp") ? SlideArea.Of(shape) : null, null);
            }
        }
    }

    private static DrawingFill? FillOf(XElement shape, ThemeColours? theme) => DrawingFill.Of(shape, shape.Child("spPr") ?? shape.Child("grpSpPr"), theme);
}

/// <summary>A place on a slide, in English Metric Units.</summary>
internal readonly record struct SlideArea(long X, long Y, long Across, long Down)
{
    /// <returns>Null for a shape that does not say where it is.</returns>
    public static SlideArea? Of(XElement shape) =>
        ((shape.Child("spPr") ?? shape.Child("grpSpPr"))?.Child("xfrm") ?? shape.Child("xfrm")) is { } place && place.Child("off") is { } offset && place.Child("ext") is { } size
        && OfficeXml.Long(offset.Attr("x")) is { } x && OfficeXml.Long(offset.Attr("y")) is { } y && OfficeXml.Long(size.Attr("cx")) is { } across && OfficeXml.Long(size.Attr("cy")) is { } down
            ? new SlideArea(x, y, across, down) : null;

    public bool Meets(SlideArea other) => X < other.X + other.Across && other.X < X + Across && Y < other.Y + other.Down && other.Y < Y + Down;
}
