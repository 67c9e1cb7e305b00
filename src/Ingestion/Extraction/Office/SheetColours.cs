using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Colours of a workbook's cells: which letters have the colour of what is behind them, the white sheet or the fill of the cell. In doubt text is visible.</summary>
internal sealed class SheetColours
{
    /// <summary>The colours that have numbers where a file lists none of its own (ECMA-376 part 1, 18.8.27): 8 to 63; 0 to 7 are 8 to 15 once more.</summary>
    private const string Numbered =
        "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF 800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
        + "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 "
        + "003366 339966 003300 333300 993300 993366 333399 333333";

    private static readonly string[] InFormats = ["Black", "Blue", "Cyan", "Green", "Magenta", "Red", "White", "Yellow", "Color"];

    private readonly ThemeColours? theme;
    private readonly Colour?[] numbered;
    private readonly (Colour? Letters, Colour? Ground)[] styles;

    public SheetColours(XElement? part, ThemeColours theme)
    {
        this.theme = theme;
        Colour?[] usual = [.. Numbered.Split(' ').Select(Colour.Hex)];
        Colour?[] own = [.. (part?.Child("colors")?.Child("indexedColors")?.Children("rgbColor") ?? []).Take(64).Select(colour => Colour.Hex(colour.Attr("rgb")))];
        numbered = [.. own, .. ((Colour?[])[.. usual[..8], .. usual]).Skip(own.Length)];
        Colour?[] letters = [.. (part?.Child("fonts")?.Children("font") ?? []).Select(font => Of(font.Child("color")))];
        Colour?[] grounds = [.. (part?.Child("fills")?.Children("fill") ?? []).Select(Ground)];
        XElement[] named = [.. part?.Child("cellStyleXfs")?.Children("xf") ?? []];
        var colouring = (part?.Child("numFmts")?.Children("numFmt") ?? []).Where(format => GivesColour(format.Attr("formatCode"))).Select(format => format.Attr("numFmtId")).ToHashSet();
        styles =
        [
            .. (part?.Child("cellXfs")?.Children("xf") ?? []).Select(style => (
                IsOwn(style, "fontId", "applyFont") && !colouring.Contains(style.Attr("numFmtId")) ? At(letters, style.Attr("fontId"), null) : null,
                IsOwn(style, "fillId", "applyFill") ? At(grounds, style.Attr("fillId"), Colour.White) : null)),
        ];

        // A style that differs from the named one that it belongs to, and says that it does not mean to: programs do not agree on which counts.
        bool IsOwn(XElement style, string id, string applies) =>
            style.Attr(applies) is not ("0" or "false") || OfficeXml.Int(style.Attr("xfId")) is not { } at || at < 0 || at >= named.Length || (named[at].Attr(id) ?? "0") == (style.Attr(id) ?? "0");
    }

    private SheetColours() => (numbered, styles) = ([], []);

    /// <summary>Of a sheet where more than the cells' styles gives colours: all is seen.</summary>
    public static SheetColours Unknown { get; } = new();

    /// <summary>Letters of a cell have the colour of what is behind them.</summary>
    /// <param name="hasLetters">A run that says how it looks: the style's letters do not count.</param>
    /// <param name="ink">Of such a run.</param>
    public bool IsUnseen(int style, bool hasLetters = false, Colour? ink = null) =>
        style >= 0 && style < styles.Length && styles[style] is { Ground: { } ground } known && (hasLetters ? ink : known.Letters) is { } letters && letters.IsLike(ground);

    /// <summary>The whole text of a cell, as shown or unseen.</summary>
    public (string Shown, string Unseen) Part(string text, int style) => IsUnseen(style) ? ("", text) : (text, "");

    /// <returns>Null for none, for one that the program chooses, and for what cannot be told.</returns>
    public Colour? Of(XElement? colour) => colour is null ? null : Of(colour.Attr);

    /// <param name="attribute">Gives the value of an attribute of the colour.</param>
    public Colour? Of(Func<string, string?> attribute)
    {
        Colour? plain = attribute("theme") is { } name ? (OfficeXml.Int(name) is { } at ? theme?.At(at) : null)
            : attribute("rgb") is { } rgb ? Colour.Hex(rgb)
            : OfficeXml.Int(attribute("indexed")) is { } index && index >= 0 && index < numbered.Length ? numbered[index] : null;
        return attribute("tint") is not { } text ? plain
            : OfficeXml.Double(text) is >= -1 and <= 1 and var tint ? plain?.Lit(lightness => tint < 0 ? lightness * (1 + tint) : (lightness * (1 - tint)) + tint)   // 18.8.19
            : null;
    }

    private Colour? Ground(XElement fill) =>
        fill.Child("gradientFill") is not null ? null
        : fill.Child("patternFill") is not { } pattern || pattern.Attr("patternType") is null or "none" ? Colour.White
        : pattern.Attr("patternType") == "solid" ? Of(pattern.Child("fgColor")) : null;

    /// <summary>"[Red]0.00" has letters of its own colour, whatever the font's.</summary>
    private static bool GivesColour(string? code) =>
        code?.Contains('[', StringComparison.Ordinal) == true && Array.Exists(InFormats, name => code.Contains("[" + name, StringComparison.OrdinalIgnoreCase));

    private static Colour? At(Colour?[] colours, string? index, Colour? missing) => OfficeXml.Int(index) is { } at && at >= 0 && at < colours.Length ? colours[at] : missing;
}
