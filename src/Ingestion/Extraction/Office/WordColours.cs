using System.Globalization;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Colours of a Word file: letters, and what is behind them. A colour of the theme counts before the value beside it, as in Word (ECMA-376 part 1, 17.3.2.6, 17.3.5).</summary>
internal sealed class WordColours
{
    /// <summary>Names of colours, and what the settings call each of them.</summary>
    private static readonly (string Name, string Setting)[] Names =
    [
        ("bg1", "bg1"), ("tx1", "t1"), ("bg2", "bg2"), ("tx2", "t2"), ("accent1", "accent1"), ("accent2", "accent2"), ("accent3", "accent3"), ("accent4", "accent4"), ("accent5", "accent5"),
        ("accent6", "accent6"), ("hlink", "hyperlink"), ("folHlink", "followedHyperlink"),
    ];

    private readonly ThemeColours theme;
    private readonly bool showsBackground;

    public WordColours(OfficePackage package)
    {
        XElement? settings = package.Related(package.Main).Find(relation => relation.Type == "settings") is { } part ? package.Beside(part.Target) : null;
        XElement? map = settings?.Child("clrSchemeMapping");
        theme = ThemeColours.Read(package, package.Main).With(Names.Select(name => (name.Name, map?.Attr(name.Setting) is { } own ? Drawing(own) : null)));
        showsBackground = settings.Flag("displayBackgroundShape") == true;
    }

    /// <summary>The paper: white, unless the file colours it, which not every reader of it shows.</summary>
    /// <param name="background">What stands in front of the body.</param>
    public Colour? Paper(XElement? background) =>
        background is null || !showsBackground ? Colour.White
        : !background.HasElements && Of(background, "color", "theme") is { } colour && colour.IsLike(Colour.White) ? colour : null;

    /// <summary>What is behind text of these properties: their mark or shading, or what was behind them before.</summary>
    /// <returns>Null where it is not one known colour.</returns>
    public Colour? Ground(XElement? properties, Colour? under)
    {
        if (properties?.Child("highlight") is { } mark && mark.Attr("val") != "none")
        {
            return mark.Attr("val") switch { "white" => Colour.White, "black" => Colour.Black, _ => null };
        }

        return properties?.Child("shd") is not { } shade ? under
            : shade.Attr("val") is not (null or "clear" or "nil" or "auto") ? null   // a pattern of two colours
            : shade.Attr("themeFill") is null or "none" && shade.Attr("fill") is null or "auto" ? under
            : Of(shade, "fill", "themeFill");
    }

    /// <summary>What is behind a text box: the fill of its shape.</summary>
    /// <param name="under">What is behind the line that the shape stands in.</param>
    public Colour? GroundOfBox(XElement box, Colour? under)
    {
        foreach (XElement shape in box.Ancestors().TakeWhile(parent => !parent.Is("p")))
        {
            if (shape.Name.LocalName is "wgp" or "grpSp" or "wpc" or "group" or "anchor")
            {
                return null;   // another shape of the group, or of the page, may be behind the box
            }

            if (shape.Name.LocalName is "r" or "pict" or "drawing" or "AlternateContent")
            {
                continue;   // they may hold thousands of shapes
            }

            if (DrawingFill.Of(shape, shape.Child("spPr"), theme) is { } fill)
            {
                return Colour.Covering(fill.Colour);
            }

            // The older form (VML): "#1f4e79 [3204]", or a name.
            if (shape.Attr("fillcolor") is { } colour && shape.Attr("filled") is not ("f" or "false" or "0"))
            {
                string first = colour.Split(' ')[0];
                return shape.Child("fill") is { } how && (how.Attr("type") is not (null or "solid") || how.Attr("opacity") is not null) ? null : first.Equals("white", StringComparison.OrdinalIgnoreCase) ? Colour.White : Colour.Hex(first.TrimStart('#'));
            }

            if (shape.Attr("style")?.Contains("position:absolute", StringComparison.Ordinal) == true)
            {
                return null;
            }
        }

        return under;
    }

    /// <summary>The run has the colour of what is behind it, and no edge or shadow that shows it.</summary>
    public bool IsUnseen(XElement? run, Colour? under) =>
        under is { } ground && InkOf(run) is { } ink && ink.IsLike(ground) && !HasEdge(run!, ground);

    /// <summary>By the run itself; what styles say is not worked out.</summary>
    private Colour? InkOf(XElement? run) =>
        run?.Child("textFill") is { } fill ? (fill.All("alpha").Any() ? null : DrawingColour.Of(fill.Child("solidFill"), theme))
        : run?.Child("color") is { } colour ? Of(colour, "val", "theme") : null;

    private bool HasEdge(XElement run, Colour ground) =>
        run.Flag("shadow") == true || run.Flag("outline") == true || run.Flag("emboss") == true || run.Flag("imprint") == true || run.Child("glow") is not null
        || (run.Child("textOutline") is { } edge && edge.Child("noFill") is null && DrawingColour.Of(edge.Child("solidFill"), theme)?.IsLike(ground) != true);

    /// <param name="value">Attribute of the value, six digits.</param>
    /// <param name="themed">Begins the names of the theme's attributes: "theme" for themeColor, themeTint, themeShade; "themeFill" likewise.</param>
    private Colour? Of(XElement element, string value, string themed)
    {
        string? name = element.Attr(themed == "theme" ? "themeColor" : themed);
        if (name is null or "none" || theme.Named(Drawing(name)) is not { } colour)
        {
            return element.Attr(value) is { Length: 6 } digits ? Colour.Hex(digits) : null;
        }

        if (element.Attr(themed + "Tint") is { } tint)
        {
            return Share(tint) is { } share ? colour.Lit(lightness => (lightness * share) + 1 - share) : null;
        }

        return element.Attr(themed + "Shade") is not { } shade ? colour : Share(shade) is { } part ? colour.Lit(lightness => lightness * part) : null;
    }

    /// <summary>Two hexadecimal digits, of 255.</summary>
    private static double? Share(string digits) =>
        digits.Length <= 2 && byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte share) ? share / 255.0 : null;

    /// <summary>The theme's own name of a colour, or the one that drawings use.</summary>
    private static string Drawing(string name) => name switch
    {
        "background1" => "bg1",
        "text1" => "tx1",
        "background2" => "bg2",
        "text2" => "tx2",
        "light1" => "lt1",
        "dark1" => "dk1",
        "light2" => "lt2",
        "dark2" => "dk2",
        "hyperlink" => "hlink",
        "followedHyperlink" => "folHlink",
        _ => name,
    };
}
