using System.Globalization;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>What the styles of a Word file say about a paragraph: is it a heading, is it hidden, is it an item of a list.</summary>
internal sealed class WordStyles
{
    private const int LongestChain = 20;

    private readonly Dictionary<string, XElement> styles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StyleFacts> facts = new(StringComparer.Ordinal);   // by style: thousands of paragraphs have one

    public WordStyles(XElement? part)
    {
        foreach (XElement style in part?.Children("style") ?? [])
        {
            styles.TryAdd(style.Attr("styleId") ?? "", style);
        }
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
    public (XElement? Paragraph, XElement? Letters) Shading(string? style) => style is null ? default : Facts(style).Shading;

    private StyleFacts Facts(string named)
    {
        if (!facts.TryGetValue(named, out StyleFacts known))
        {
            facts[named] = known = new StyleFacts(
                HeadingLevel(named),
                Numbering(named),
                Chain(named).Select(style => style.Child("rPr").Flag("vanish")).FirstOrDefault(flag => flag is not null),
                (Shading(named, "pPr"), Shading(named, "rPr")),
                named == "Caption" || Chain(named).Any(style => style.Val("name")?.Equals("caption", StringComparison.OrdinalIgnoreCase) == true));
        }

        return known;
    }

    private XElement? Shading(string named, string properties) =>
        Chain(named).Select(style => style.Child(properties)).FirstOrDefault(own => own?.Child("shd") is not null || own?.Child("highlight") is not null);

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

    private readonly record struct StyleFacts(int Heading, (string List, int Level)? Numbering, bool? Vanish, (XElement? Paragraph, XElement? Letters) Shading, bool Caption);
}
