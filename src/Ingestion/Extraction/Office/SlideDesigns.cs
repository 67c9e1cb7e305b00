using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>What a layout with its master gives to a slide.</summary>
/// <param name="Colours">Null where it is not known what names of colours mean.</param>
/// <param name="Background">Null where it is not one known colour.</param>
/// <param name="HasFilledPlaceholder">A box of a slide may be filled without saying so.</param>
/// <param name="HasEdges">Its letters may have an edge or a shadow without saying so.</param>
internal sealed record SlideDesign(ThemeColours? Colours, Colour? Background, IReadOnlyList<SlidePatch> Patches, bool HasFilledPlaceholder, bool HasEdges)
{
    /// <summary>Of a slide, layout or master: real ones have some dozens, maps drawn by hand a thousand. What is behind the letters of others is not looked at.</summary>
    public const int MostPatches = 2_000;

    /// <param name="part">A slide, layout or master.</param>
    /// <param name="inherited">Of a part that says nothing of its background.</param>
    public static Colour? BackgroundOf(XElement part, ThemeColours? colours, Colour? inherited)
    {
        if (part.Child("cSld")?.Child("bg") is not { } background)
        {
            return inherited;
        }

        // 1001 is the theme's first background.
        return Colour.Covering(
            background.Child("bgRef") is { } reference ? (reference.Attr("idx") == "1001" && colours?.HasPlainBackground == true ? DrawingColour.Of(reference, colours) : null)
            : DrawingColour.Of(background.Child("bgPr")?.Child("solidFill"), colours));
    }

    public static bool FillsPlaceholder(XElement? shapes, ThemeColours? colours) =>
        shapes?.Children("sp").Any(shape => IsPlaceholder(shape) && DrawingFill.Of(shape, shape.Child("spPr"), colours) is not null) == true;

    public static bool IsPlaceholder(XElement shape) => shape.Child("nvSpPr")?.Child("nvPr")?.Child("ph") is not null;
}

/// <summary>The designs of a file. Each part is read once, and only what is needed of it is kept.</summary>
internal sealed class SlideDesigns(OfficePackage package)
{
    private readonly Dictionary<string, SlideDesign?> known = new(StringComparer.OrdinalIgnoreCase);
    private readonly ThemeColours usual = ThemeColours.Read(package, package.Main);   // of a slide without a layout

    /// <param name="slide">What a slide refers to.</param>
    /// <returns>Null where there is one that cannot be read.</returns>
    public SlideDesign? Of(List<Relation> slide)
    {
        if (Above(slide, "slideLayout") is not { } path)
        {
            return new SlideDesign(usual, Colour.White, [], HasFilledPlaceholder: false, HasEdges: false);
        }

        if (!known.TryGetValue(path, out SlideDesign? design))
        {
            known[path] = design = Layout(path);
        }

        return design;
    }

    /// <param name="related">What a slide or layout refers to.</param>
    public static bool HasOwnTheme(List<Relation> related) => Above(related, "themeOverride") is not null;

    private SlideDesign? Layout(string path)
    {
        try
        {
            List<Relation> related = package.Related(path);
            return package.Beside(path) is { } layout && Above(related, "slideMaster") is { } above && Master(above) is { } master ? Layout(layout, HasOwnTheme(related), master) : null;
        }
        catch (Exception damaged) when (OfficePackage.IsDamage(damaged))
        {
            return null;
        }
    }

    private SlideDesign? Master(string path)
    {
        if (!known.TryGetValue(path, out SlideDesign? design))
        {
            known[path] = design = package.Beside(path) is { } master ? Master(path, master) : null;
        }

        return design;
    }

    private SlideDesign Master(string path, XElement master)
    {
        ThemeColours colours = ThemeColours.Read(package, path);
        colours = master.Child("clrMap") is { } map ? colours.With(map) : colours;
        XElement? shapes = master.Child("cSld")?.Child("spTree");
        Colour? light = colours.Named("bg1") is { } paper && paper.IsLike(Colour.White) ? paper : null;
        return Bounded(new SlideDesign(
            colours, SlideDesign.BackgroundOf(master, colours, light), [.. SlidePatch.All(shapes, colours, inheritsFills: false).Take(SlideDesign.MostPatches + 1)], SlideDesign.FillsPlaceholder(shapes, colours), HasEdges(master)));
    }

    /// <summary>Whether the slides of a layout with a map of its own follow that or their master's is not said: their names of colours stay unknown.</summary>
    private static SlideDesign Layout(XElement layout, bool hasOwnTheme, SlideDesign master)
    {
        ThemeColours? colours = hasOwnTheme || layout.Child("clrMapOvr")?.Child("overrideClrMapping") is not null ? null : master.Colours;
        XElement? shapes = layout.Child("cSld")?.Child("spTree");
        return Bounded(new SlideDesign(
            colours, SlideDesign.BackgroundOf(layout, colours, colours is null ? null : master.Background),
            [.. SlidePatch.All(shapes, colours, master.HasFilledPlaceholder).Take(SlideDesign.MostPatches + 1), .. master.Patches],
            SlideDesign.FillsPlaceholder(shapes, colours) || master.HasFilledPlaceholder, HasEdges(layout) || master.HasEdges));
    }

    /// <summary>One patch somewhere for too many.</summary>
    private static SlideDesign Bounded(SlideDesign design) => design.Patches.Count <= SlideDesign.MostPatches ? design : design with { Patches = [new SlidePatch(null, null)] };

    private static bool HasEdges(XElement part) => part.All("defRPr").Any(SlideGround.MayHaveEdge);

    private static string? Above(List<Relation> related, string type) => related.Find(relation => relation.Type == type)?.Target;
}
