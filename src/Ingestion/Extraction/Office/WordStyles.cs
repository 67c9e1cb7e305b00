using System.Globalization;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>What the styles of a Word file say about a paragraph: is it a heading, is it hidden, is it an item of a list.</summary>
internal sealed class WordStyles
{
    private const int LongestChain = 20;

    private readonly Dictionary<string, XElement> styles = new(StringComparer.Ordinal);

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

        foreach (XElement style in Chain(properties.Val("pStyle")))
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
        foreach (XElement? source in Chain(properties.Val("pStyle")).Select(style => style.Child("pPr")).Prepend(properties))
        {
            if (source?.Child("numPr") is { } numbering && numbering.Val("numId") is { } list)
            {
                return list == "0" ? null : (list, Math.Clamp(OfficeXml.Int(numbering.Val("ilvl")) ?? 0, 0, 8));
            }
        }

        return null;
    }

    /// <summary>Whether a run is hidden by its own properties, its style's or its paragraph's style.</summary>
    public bool IsVanished(XElement? run, string? paragraphStyle) =>
        run.Flag("vanish") ?? Chain(run.Val("rStyle")).Concat(Chain(paragraphStyle)).Select(style => style.Child("rPr").Flag("vanish")).FirstOrDefault(flag => flag is not null) ?? false;

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
}
