using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Something on a slide, layout or master that covers what is behind it.</summary>
/// <param name="Place">Null for somewhere.</param>
/// <param name="Colour">Null for a picture, a table, a gradient or what cannot be told.</param>
internal readonly record struct SlidePatch(SlideArea? Place, Colour? Colour)
{
    /// <summary>Six points, in English Metric Units: thicker lines serve as bars.</summary>
    private const int ThickLine = 76_200;

    /// <param name="inheritsFills">A placeholder that says nothing of its fill may have one from above.</param>
    public static IEnumerable<SlidePatch> All(XElement? shapes, ThemeColours? theme, bool inheritsFills)
    {
        foreach (XElement shape in shapes?.Elements() ?? [])
        {
            if (shape.Name.LocalName is "pic" or "graphicFrame" or "contentPart")
            {
                yield return new SlidePatch(SlideArea.Of(shape), null);
            }
            else if (shape.Name.LocalName is "grpSp" or "AlternateContent")
            {
                // A group's own fill is only lent to its shapes.
                if (shape.DescendantsAndSelf().Any(inner => inner.Name.LocalName is "pic" or "graphicFrame" || FillOf(inner, theme) is not null || ThickLineOf(inner) is not null))
                {
                    yield return new SlidePatch(shape.Is("grpSp") ? SlideArea.OfGroup(shape) : null, null);
                }
            }
            else if (FillOf(shape, theme) is { } fill)
            {
                yield return new SlidePatch(SlideArea.Of(shape), fill.Colour);
            }
            else if (ThickLineOf(shape) is { } width)
            {
                yield return new SlidePatch(SlideArea.Of(shape)?.Grown(width, width), null);
            }
            else if (inheritsFills && SlideDesign.IsPlaceholder(shape) && shape.Child("spPr")?.Child("noFill") is null && SlideArea.Of(shape) is { } moved)
            {
                yield return new SlidePatch(moved, null);
            }
        }
    }

    private static DrawingFill? FillOf(XElement shape, ThemeColours? theme) => DrawingFill.Of(shape, shape.Child("spPr") ?? shape.Child("grpSpPr"), theme);

    private static int? ThickLineOf(XElement shape) =>
        shape.Child("spPr") is { } properties && (shape.Is("cxnSp") || properties.Child("prstGeom")?.Attr("prst") == "line") && OfficeXml.Int(properties.Child("ln")?.Attr("w")) is >= ThickLine and var width ? width : null;
}

/// <summary>A place on a slide, in English Metric Units: a box around what is turned.</summary>
internal readonly record struct SlideArea(double X, double Y, double Across, double Down)
{
    /// <returns>Null for a shape that does not say where it is.</returns>
    public static SlideArea? Of(XElement shape) => PlaceOf(shape) is { } place && Inside(place, "off", "ext") is { } area ? area.Turned(place) : null;

    /// <summary>With shapes that stand out of the group's own box.</summary>
    /// <returns>Null where the group or one of its shapes does not say where it is.</returns>
    public static SlideArea? OfGroup(XElement group)
    {
        if (PlaceOf(group) is not { } place || Inside(place, "off", "ext") is not { } area || Inside(place, "chOff", "chExt") is not { Across: > 0, Down: > 0 } inner)
        {
            return null;
        }

        double across = 0, down = 0;
        foreach (XElement shape in group.Elements())
        {
            if (shape.Name.LocalName is "nvGrpSpPr" or "grpSpPr" or "extLst")
            {
                continue;
            }

            if ((shape.Is("grpSp") ? OfGroup(shape) : Of(shape)) is not { } child)
            {
                return null;
            }

            across = Math.Max(across, Math.Max(inner.X - child.X, child.X + child.Across - inner.X - inner.Across));
            down = Math.Max(down, Math.Max(inner.Y - child.Y, child.Y + child.Down - inner.Y - inner.Down));
        }

        return area.Grown(across * area.Across / inner.Across, down * area.Down / inner.Down).Turned(place);
    }

    public bool Meets(SlideArea other) => X <= other.X + other.Across && other.X <= X + Across && Y <= other.Y + other.Down && other.Y <= Y + Down;

    /// <summary>Larger to all sides.</summary>
    public SlideArea Grown(double across, double down) => new(X - across, Y - down, Across + (2 * across), Down + (2 * down));

    private SlideArea Turned(XElement place)
    {
        double turn = (OfficeXml.Int(place.Attr("rot")) ?? 0) / 60_000.0 * Math.PI / 180, cos = Math.Abs(Math.Cos(turn)), sin = Math.Abs(Math.Sin(turn));
        return Grown(((Across * cos) + (Down * sin) - Across) / 2, ((Across * sin) + (Down * cos) - Down) / 2);
    }

    private static XElement? PlaceOf(XElement shape) => (shape.Child("spPr") ?? shape.Child("grpSpPr"))?.Child("xfrm") ?? shape.Child("xfrm");

    private static SlideArea? Inside(XElement place, string from, string size) =>
        place.Child(from) is { } offset && place.Child(size) is { } extent
        && OfficeXml.Long(offset.Attr("x")) is { } x && OfficeXml.Long(offset.Attr("y")) is { } y && OfficeXml.Long(extent.Attr("cx")) is { } across && OfficeXml.Long(extent.Attr("cy")) is { } down
            ? new SlideArea(x, y, across, down) : null;
}
