using System.Globalization;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>What the styles of a Word file say about a paragraph: is it a heading, is it hidden, is it an item of a list.</summary>
internal sealed class WordStyles
{
    private const int LongestChain = 20;

    private readonly Dictionary<string, XElement> styles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StyleFacts> facts = new(StringComparer.Ordinal);   // by style: thousands of paragraphs have one
    private readonly string? usual;   // of paragraphs that name none
    private readonly string? usualOfTables;
    private readonly XElement? allParagraphs;   // what no style need say
    private readonly XElement? allLetters;

    public WordStyles(XElement? part)
    {
        foreach (XElement style in part?.Children("style") ?? [])
        {
            string id = style.Attr("styleId") ?? "";
            styles.TryAdd(id, style);
            if (style.Attr("default") is "1" or "true" or "on")
            {
                (usual, usualOfTables) = style.Attr("type") switch { "paragraph" => (usual ?? id, usualOfTables), "table" => (usual, usualOfTables ?? id), _ => (usual, usualOfTables) };
            }
        }

        XElement? all = part?.Child("docDefaults");
        (allParagraphs, allLetters) = (all?.Child("pPrDefault")?.Child("pPr"), all?.Child("rPrDefault")?.Child("rPr"));
    }

    /// <returns>1 to 6 for a heading, by its own outline level, its style's, or its style's name; else 0.</returns>
    public int HeadingLevel(XElement? properties)
    {
        if (Outline(properties) is { } own)
        {
            return own < 9 ? Math.Min(own + 1, 6) : 0;
        }

        return properties.Val("pStyle") is { } named ? Facts(named).Heading : 0;
    }

    /// <summary>Whether a paragraph is the caption of what stands beside it.</summary>
    public bool IsCaption(XElement? properties) =>
        properties.Val("pStyle") is { } named && Facts(named).Caption;

    private int HeadingLevel(string named)
    {
        foreach (XElement style in Chain(named))
        {
            if (Outline(style.Child("pPr")) is { } level)
            {
                return level < 9 ? Math.Min(level + 1, 6) : 0;
            }

            string name = style.Val("name") ?? "";
            if (name.Equals("Title", StringComparison.OrdinalIgnoreCase))
            {
                return 1;
            }

            if (name.StartsWith("heading ", StringComparison.OrdinalIgnoreCase) && int.TryParse(name.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return Math.Clamp(number, 1, 6);
            }
        }

        return 0;
    }

    /// <summary>The list that a paragraph belongs to, by itself or by its style; null for none.</summary>
    public (string List, int Level)? Numbering(XElement? properties)
    {
        return TryNumbering(properties, out (string List, int Level)? own) ? own : properties.Val("pStyle") is { } named ? Facts(named).Numbering : null;
    }

    private (string List, int Level)? Numbering(string named)
    {
        foreach (XElement style in Chain(named))
        {
            if (TryNumbering(style.Child("pPr"), out (string List, int Level)? found))
            {
                return found;
            }
        }

        return null;
    }

    /// <param name="found">Null where it says "of no list".</param>
    /// <returns>Whether the properties say anything of a list.</returns>
    private static bool TryNumbering(XElement? properties, out (string List, int Level)? found)
    {
        string? list = properties?.Child("numPr").Val("numId");
        found = list is null or "0" ? null : (list, Math.Clamp(OfficeXml.Int(properties?.Child("numPr").Val("ilvl")) ?? 0, 0, 8));
        return list is not null;
    }

    /// <summary>Whether a run is hidden by its own properties, its style's or its paragraph's style.</summary>
    public bool IsVanished(XElement? run, string? paragraphStyle) =>
        run.Flag("vanish") ?? (run.Val("rStyle") is { } named ? Facts(named).Vanish : null) ?? (paragraphStyle is null ? null : Facts(paragraphStyle).Vanish) ?? false;

    /// <summary>The properties that shade paragraphs of a style, and those that shade their letters; null where none do.</summary>
    /// <param name="style">Null for that of paragraphs that name none.</param>
    public (XElement? Paragraph, XElement? Letters) Shading(string? style)
    {
        (XElement? paragraph, XElement? letters) = (style ?? usual) is { } named ? Facts(named).Shading : default;
        return (paragraph ?? Shaded(allParagraphs), letters ?? Shaded(allLetters));
    }

    /// <summary>The properties that shade letters of a character style; null where none do.</summary>
    public XElement? ShadingOfLetters(string? style) => style is null ? null : Facts(style).Shading.Letters;

    /// <summary>Letters of a style have an edge, a shadow or a fill of several colours.</summary>
    /// <param name="style">Null for that of paragraphs that name none.</param>
    public bool HasEffect(string? style) => (style ?? usual) is { } named && Facts(named).Effect;

    /// <summary>A table without a style, or with one of those that only draw lines, shows what is behind it.</summary>
    public bool IsPlainTable(string? style) =>
        style is null or "TableGrid" or "TableNormal" && ((style ?? usualOfTables) is not { } named || !Facts(named).Shades);

    private StyleFacts Facts(string named)
    {
        if (!facts.TryGetValue(named, out StyleFacts known))
        {
            facts[named] = known = new StyleFacts(
                HeadingLevel(named),
                Numbering(named),
                Chain(named).Select(style => style.Child("rPr").Flag("vanish")).FirstOrDefault(flag => flag is not null),
                (Shading(named, "pPr"), Shading(named, "rPr")),
                Chain(named).Any(style => style.All("shd").Any()),
                Chain(named).Any(style => style.Child("rPr")?.Elements().Any(IsEffect) == true),
                named == "Caption" || Chain(named).Any(style => style.Val("name")?.Equals("caption", StringComparison.OrdinalIgnoreCase) == true));
        }

        return known;
    }

    private XElement? Shading(string named, string properties) =>
        Chain(named).Select(style => style.Child(properties)).FirstOrDefault(own => Shaded(own) is not null);

    private static XElement? Shaded(XElement? properties) => properties?.Child("shd") is not null || properties?.Child("highlight") is not null ? properties : null;

    private static bool IsEffect(XElement look) =>
        look.Name.LocalName is "shadow" or "outline" or "emboss" or "imprint" or "glow" or "textOutline" or "textFill" && look.Attr("val") is not ("0" or "false" or "off");

    private static int? Outline(XElement? properties) => OfficeXml.Int(properties.Val("outlineLvl"));

    /// <summary>A style and those it is based on.</summary>
    private IEnumerable<XElement> Chain(string? id)
    {
        for (int i = 0; i < LongestChain && id is not null && styles.TryGetValue(id, out XElement? style); i++)
        {
            yield return style;
            id = style.Val("basedOn");
        }
    }

    private readonly record struct StyleFacts(int Heading, (string List, int Level)? Numbering, bool? Vanish, (XElement? Paragraph, XElement? Letters) Shading, bool Shades, bool Effect, bool Caption);
}
