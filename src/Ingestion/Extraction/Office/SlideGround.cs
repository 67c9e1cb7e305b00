using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>
/// Whether a text box of a slide stands on plain white: the background of slide, layout or master is white, the box has no colour of its own, and nothing with a
/// colour, no picture and no table lies where it is. In doubt it does not.
/// </summary>
internal sealed class SlideGround
{
    private readonly List<Area?> coloured = [];   // null: somewhere
    private readonly bool white;

    public SlideGround(OfficePackage package, string path, XElement slide)
    {
        XElement? background = null;
        XElement? part = slide;
        foreach (string parent in new[] { "slideLayout", "slideMaster", "theme" })
        {
            background ??= part?.Child("cSld")?.Child("bg");
            coloured.AddRange(part?.Child("cSld")?.Child("spTree") is { } tree ? Coloured(tree) : []);
            Relation? relation = package.Related(path).Find(relation => relation.Type == parent);
            if (relation is null || package.Parts.Xml(relation.Target) is not { } next)
            {
                white = background is null || IsWhiteFill(background.Child("bgPr"));
                return;
            }

            (part, path) = (next, relation.Target);
        }

        // The theme is reached: its light colour is what most masters name as background.
        XElement? light = part?.Child("themeElements")?.Child("clrScheme")?.Child("lt1");
        bool lightIsWhite = light?.Child("sysClr")?.Attr("val") == "window" || DrawingFill.IsWhite(light);
        bool named = background?.Child("bgRef") is { } reference && reference.Attr("idx") is "1001" && reference.Child("schemeClr")?.Attr("val") is "bg1" or "lt1";
        white = background is null || named ? lightIsWhite : IsWhiteFill(background.Child("bgPr"));
    }

    /// <param name="shape">A shape with text.</param>
    public bool IsWhiteUnder(XElement shape) => white && shape.Parent?.Is("grpSp") != true && !HasColour(shape)
        && AreaOf(shape) is { } area && coloured.TrueForAll(other => other is { } place && !place.Meets(area));

    /// <summary>White letters by a colour of their own.</summary>
    public static bool IsWhiteRun(XElement run) => DrawingFill.IsWhite(run.Child("rPr")?.Child("solidFill"));

    private static bool IsWhiteFill(XElement? properties) => DrawingFill.IsWhite(properties?.Child("solidFill"));

    private static IEnumerable<Area?> Coloured(XElement tree)
    {
        foreach (XElement shape in tree.Elements())
        {
            if (shape.Name.LocalName is "pic" or "graphicFrame" or "contentPart" || HasColour(shape))
            {
                yield return AreaOf(shape);
            }
            else if (shape.Name.LocalName is "grpSp" or "AlternateContent" && shape.DescendantsAndSelf().Any(inner => inner.Name.LocalName is "pic" or "graphicFrame" || HasColour(inner)))
            {
                yield return shape.Is("grpSp") ? AreaOf(shape) : null;
            }
        }
    }

    private static bool HasColour(XElement shape) => DrawingFill.HasColour(shape, shape.Child("spPr") ?? shape.Child("grpSpPr"));

    private static Area? AreaOf(XElement shape) =>
        ((shape.Child("spPr") ?? shape.Child("grpSpPr"))?.Child("xfrm") ?? shape.Child("xfrm")) is { } place && place.Child("off") is { } offset && place.Child("ext") is { } size
        && OfficeXml.Long(offset.Attr("x")) is { } x && OfficeXml.Long(offset.Attr("y")) is { } y && OfficeXml.Long(size.Attr("cx")) is { } across && OfficeXml.Long(size.Attr("cy")) is { } down
            ? new Area(x, y, across, down) : null;

    private readonly record struct Area(long X, long Y, long Across, long Down)
    {
        public bool Meets(Area other) => X < other.X + other.Across && other.X < X + Across && Y < other.Y + other.Down && other.Y < Y + Down;
    }
}
