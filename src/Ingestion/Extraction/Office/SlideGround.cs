using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>
/// What is behind the letters of a slide, and whether they have its colour: the fill of their box or cell, or the background where nothing of another colour, no picture
/// and no table lies. In doubt it is not known, and the letters are seen.
/// </summary>
internal sealed class SlideGround
{
    private readonly ThemeColours? colours;
    private readonly Colour? page;
    private readonly bool hasFilledPlaceholder;
    private readonly bool hasEdges;
    private readonly List<SlidePatch> patches = [];   // of another colour than the page
    private readonly XElement?[] levels = new XElement?[9];   // of the box that was read last: what its list of levels says of letters
    private XElement? body;
    private XElement? paragraphOfLevel;
    private int level;

    /// <param name="related">What the slide refers to.</param>
    public SlideGround(SlideDesigns designs, List<Relation> related, XElement slide)
    {
        if (designs.Of(related) is not { } design)
        {
            return;
        }

        XElement? map = slide.Child("clrMapOvr")?.Child("overrideClrMapping");
        bool hasOwnTheme = SlideDesigns.HasOwnTheme(related), own = map is not null || hasOwnTheme;
        colours = hasOwnTheme ? null : map is null ? design.Colours : design.Colours?.With(map);

        // With names of its own a slide may show its master's background and shapes in other colours than those that were worked out.
        page = SlideDesign.BackgroundOf(slide, colours, own ? null : design.Background);
        (hasFilledPlaceholder, hasEdges) = (design.HasFilledPlaceholder, design.HasEdges);
        patches.AddRange((own ? design.Patches.Select(patch => patch with { Colour = null }) : design.Patches)
            .Concat(SlidePatch.All(slide.Child("cSld")?.Child("spTree"), colours, hasFilledPlaceholder))
            .Where(patch => page is not { } ground || patch.Colour?.Over(ground).IsLike(ground) != true).Take(SlideDesign.MostPatches + 1));
        page = patches.Count > SlideDesign.MostPatches ? null : page;   // each box is compared with each of them
    }

    /// <param name="shape">A shape with text.</param>
    /// <returns>Null where it is not one known colour.</returns>
    public Colour? Under(XElement shape)
    {
        XElement? properties = shape.Child("spPr");
        if (DrawingFill.Of(shape, properties, colours) is { } fill)
        {
            return IsBox(properties) ? Colour.Covering(fill.Colour) : null;
        }

        bool mayBeFilled = hasFilledPlaceholder && properties?.Child("noFill") is null && SlideDesign.IsPlaceholder(shape);
        return page is not null && !mayBeFilled && !ShowsItsLetters(shape, properties) && !shape.Ancestors().Any(above => above.Is("grpSp"))
            && SlideArea.Of(shape) is { } area && patches.TrueForAll(patch => patch.Place is { } place && !place.Meets(area)) ? page : null;
    }

    /// <summary>The shadow of a shape without a fill is its letters', and so is its depth.</summary>
    private static bool ShowsItsLetters(XElement shape, XElement? properties) =>
        HasEffect(properties) || properties?.Child("sp3d") is not null || shape.Child("txBody")?.Child("bodyPr")?.Child("sp3d") is not null
        || shape.Child("style")?.Child("effectRef")?.Attr("idx") is not (null or "0");

    /// <param name="cell">Of a table. What its table's style gives it is not worked out.</param>
    public Colour? UnderCell(XElement cell) => Colour.Covering(DrawingColour.Of(cell.Child("tcPr")?.Child("solidFill"), colours));

    /// <summary>Letters of the colour that is behind them, without an edge or a shadow that shows them.</summary>
    /// <param name="under">What is behind the paragraph.</param>
    public bool IsUnseen(XElement run, XElement paragraph, Colour? under)
    {
        XElement? properties = run.Child("rPr");
        return (properties?.Child("highlight") is { } mark ? Colour.Covering(DrawingColour.Of(mark, colours)) : under) is { } ground
            && InkOf(properties, paragraph) is { } ink && ink.Over(ground).IsLike(ground) && !HasEdge(properties, ground) && !hasEdges && !(LevelOf(paragraph) is { } inherited && MayHaveEdge(inherited));
    }

    /// <summary>By the run itself, by the list of levels of its box, or by the style that a drawn shape brings. What layouts and tables give is not worked out.</summary>
    private Colour? InkOf(XElement? run, XElement paragraph)
    {
        if (run?.Child("hlinkClick") is { } link && !link.All("hlinkClr").Any(keeps => keeps.Attr("val") == "tx"))
        {
            return colours?.Named("hlink");   // whatever colour the run names
        }

        if ((DrawingFill.Element(run) ?? DrawingFill.Element(LevelOf(paragraph))) is { } fill)
        {
            return DrawingFill.Solid(fill, colours);
        }

        return paragraph.Parent?.Parent is { } shape && !SlideDesign.IsPlaceholder(shape) ? DrawingColour.Of(shape.Child("style")?.Child("fontRef"), colours) : null;
    }

    /// <summary>What the list of levels of a paragraph's box says of its letters.</summary>
    private XElement? LevelOf(XElement paragraph)
    {
        // Looked up once for a box and once for a paragraph: either may have a hundred thousand children.
        if (paragraph.Parent != body)
        {
            body = paragraph.Parent;
            Array.Clear(levels);
            foreach (XElement entry in body?.Child("lstStyle")?.Elements() ?? [])
            {
                if (entry.Name.LocalName is ['l', 'v', 'l', >= '1' and <= '9' and var digit, 'p', 'P', 'r'])
                {
                    levels[digit - '1'] ??= entry.Child("defRPr");
                }
            }
        }

        if (paragraph != paragraphOfLevel)
        {
            (paragraphOfLevel, level) = (paragraph, Math.Clamp(OfficeXml.Int(paragraph.Child("pPr")?.Attr("lvl")) ?? 0, 0, 8));
        }

        return levels[level];
    }

    /// <summary>What layouts and lists of levels say of letters gives them an edge or a shadow, of whatever colour.</summary>
    public static bool MayHaveEdge(XElement letters) => HasEffect(letters) || (DrawingFill.Element(letters.Child("ln")) is { } edge && !edge.Is("noFill"));

    private static bool HasEffect(XElement? properties) => properties?.Child("effectLst")?.HasElements == true || properties?.Child("effectDag") is not null;

    private bool HasEdge(XElement? run, Colour ground) =>
        HasEffect(run)
        || (DrawingFill.Element(run?.Child("ln")) is { } edge && !edge.Is("noFill") && DrawingFill.Solid(edge, colours)?.Over(ground).IsLike(ground) != true);

    /// <summary>Other forms do not cover all that is behind their text.</summary>
    private static bool IsBox(XElement? properties) => properties?.Child("custGeom") is null && properties?.Child("prstGeom")?.Attr("prst") is null or "rect" or "roundRect";
}
