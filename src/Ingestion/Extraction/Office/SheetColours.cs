using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Styles of a workbook whose letters have the colour of what is behind them: the white sheet, or the fill of the cell. In doubt text is visible.</summary>
internal sealed class SheetColours
{
    /// <summary>The colours that have numbers where a file lists none of its own (ECMA-376 part 1, 18.8.27): 8 to 63; 0 to 7 are 8 to 15 once more.</summary>
    private const string Numbered =
        "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF 800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
        + "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 "
        + "003366 339966 003300 333300 993300 993366 333399 333333";

    private readonly ThemeColours theme;
    private readonly Colour?[] numbered;

    private SheetColours(XElement? styles, ThemeColours theme)
    {
        this.theme = theme;
        Colour?[] usual = [.. Numbered.Split(' ').Select(Colour.Hex)];
        Colour?[] own = [.. (styles?.Child("colors")?.Child("indexedColors")?.Children("rgbColor") ?? []).Take(64).Select(colour => Colour.Hex(colour.Attr("rgb")))];
        numbered = [.. own, .. ((Colour?[])[.. usual[..8], .. usual]).Skip(own.Length)];
    }

    /// <returns>Indexes of cell styles.</returns>
    public static HashSet<int> Unseen(XElement? styles, ThemeColours theme)
    {
        var colours = new SheetColours(styles, theme);
        Colour?[] letters = [.. (styles?.Child("fonts")?.Children("font") ?? []).Select(font => colours.Of(font.Child("color")))];
        Colour?[] grounds = [.. (styles?.Child("fills")?.Children("fill") ?? []).Select(colours.Ground)];
        var found = new HashSet<int>();
        int index = 0;
        foreach (XElement style in styles?.Child("cellXfs")?.Children("xf") ?? [])
        {
            if (At(letters, style.Attr("fontId"), missing: null) is { } letter && At(grounds, style.Attr("fillId"), missing: Colour.White) is { } ground && letter.IsLike(ground))
            {
                found.Add(index);
            }

            index++;
        }

        return found;
    }

    private Colour? Ground(XElement fill) =>
        fill.Child("gradientFill") is not null ? null
        : fill.Child("patternFill") is not { } pattern || pattern.Attr("patternType") is null or "none" ? Colour.White
        : pattern.Attr("patternType") == "solid" ? Of(pattern.Child("fgColor")) : null;

    /// <returns>Null for none, for one that the program chooses, and for what cannot be told.</returns>
    private Colour? Of(XElement? colour)
    {
        Colour? plain = colour?.Attr("theme") is { } name ? (OfficeXml.Int(name) is { } at ? theme.At(at) : null)
            : colour?.Attr("rgb") is { } rgb ? Colour.Hex(rgb)
            : OfficeXml.Int(colour?.Attr("indexed")) is { } index && index >= 0 && index < numbered.Length ? numbered[index] : null;
        return colour?.Attr("tint") is not { } text ? plain
            : OfficeXml.Double(text) is >= -1 and <= 1 and var tint ? plain?.Lit(lightness => tint < 0 ? lightness * (1 + tint) : (lightness * (1 - tint)) + tint)   // 18.8.19
            : null;
    }

    private static Colour? At(Colour?[] colours, string? index, Colour? missing) => OfficeXml.Int(index) is { } at && at >= 0 && at < colours.Length ? colours[at] : missing;
}
