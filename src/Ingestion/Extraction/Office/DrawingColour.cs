using System.Globalization;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Colours as slides and drawn shapes write them (ECMA-376 part 1, 20.1.2.3): a value or a name of the theme, then changes in their order.</summary>
internal static class DrawingColour
{
    private const int MostChanges = 16;   // no program writes more than four

    /// <param name="holder">A fill, or an entry of a theme: its child names the colour.</param>
    /// <param name="theme">Null where names of the theme mean nothing that is known.</param>
    /// <returns>Null where the colour cannot be told.</returns>
    public static Colour? Of(XElement? holder, ThemeColours? theme)
    {
        if (holder?.Elements().FirstOrDefault() is not { } named || Named(named, theme) is not { } colour)
        {
            return null;
        }

        int changes = 0;
        foreach (XElement change in named.Elements())
        {
            if (++changes > MostChanges || Share(change.Attr("val")) is not { } share || Changed(colour, change.Name.LocalName, share) is not { } changed)
            {
                return null;
            }

            colour = changed;
        }

        return colour;
    }

    /// <summary>"50000" and "50%" are 0.5.</summary>
    /// <returns>Null for what is no number, or one that no colour needs.</returns>
    private static double? Share(string? text) =>
        text is null ? null
        : text.EndsWith('%') ? (double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && Math.Abs(percent) <= 10_000 ? percent / 100 : null)
        : OfficeXml.Int(text) is { } number && Math.Abs((long)number) <= 10_000_000 ? number / 100_000.0 : null;

    private static Colour? Named(XElement colour, ThemeColours? theme) => colour.Name.LocalName switch
    {
        "srgbClr" => colour.Attr("val") is { Length: 6 } digits ? Colour.Hex(digits) : null,
        "schemeClr" => theme?.Named(colour.Attr("val")),
        "sysClr" => colour.Attr("val") switch { "window" => Colour.White, "windowText" => Colour.Black, _ => Colour.Hex(colour.Attr("lastClr")) },
        "prstClr" => Preset(colour.Attr("val") ?? ""),
        "scrgbClr" => Share(colour.Attr("r")) is { } red && Share(colour.Attr("g")) is { } green && Share(colour.Attr("b")) is { } blue ? new Colour(Curved(red), Curved(green), Curved(blue)) : null,
        "hslClr" => OfficeXml.Int(colour.Attr("hue")) is { } hue && Share(colour.Attr("sat")) is { } saturation && Share(colour.Attr("lum")) is { } lightness
            ? Colour.Of(hue / 21_600_000.0, Math.Clamp(saturation, 0, 1), Math.Clamp(lightness, 0, 1)) : null,
        _ => null,
    };

    /// <summary>The names are those of web pages, but for a few that stay unknown here.</summary>
    private static Colour? Preset(string name) =>
        System.Drawing.Color.FromName(name) is { IsKnownColor: true, IsSystemColor: false } known ? new Colour(known.R / 255.0, known.G / 255.0, known.B / 255.0) : null;

    private static Colour? Changed(Colour colour, string change, double share)
    {
        switch (change)
        {
            case "alpha":
                return colour with { Alpha = Math.Clamp(share, 0, 1) };
            case "alphaMod":
                return colour with { Alpha = Math.Clamp(colour.Alpha * share, 0, 1) };
            case "alphaOff":
                return colour with { Alpha = Math.Clamp(colour.Alpha + share, 0, 1) };
            case "lum":
                return colour.Lit(_ => share);
            case "lumMod":
                return colour.Lit(lightness => lightness * share);
            case "lumOff":
                return colour.Lit(lightness => lightness + share);
            case "satMod" or "satOff":
                (double hue, double saturation, double lightness) = colour.Hsl;
                return Colour.Of(hue, Math.Clamp(change == "satMod" ? saturation * share : saturation + share, 0, 1), lightness, colour.Alpha);
            case "shade":
                return Mixed(colour, share, 0);
            case "tint":
                return Mixed(colour, share, 1);
            default:
                return null;   // inverse, gamma, single channels: programs that people use do not write them
        }
    }

    /// <summary>Mixed with black (0) or white (1) as light is, which is what PowerPoint does: the specification is silent on it.</summary>
    private static Colour Mixed(Colour colour, double share, int with)
    {
        share = Math.Clamp(share, 0, 1);
        return colour with { Red = Part(colour.Red), Green = Part(colour.Green), Blue = Part(colour.Blue) };

        double Part(double channel) => Curved((share * Straight(channel)) + ((1 - share) * with));
    }

    /// <summary>From sRGB to an amount of light (IEC 61966-2-1).</summary>
    private static double Straight(double channel) => channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4);

    private static double Curved(double light) => light <= 0.0031308 ? Math.Max(0, light) * 12.92 : Math.Min(1, (1.055 * Math.Pow(light, 1 / 2.4)) - 0.055);
}
