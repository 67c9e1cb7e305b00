using System.Globalization;
using System.Xml;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>
/// Whether something is drawn behind the text of a Word file's pages: a picture that the body sets there, or a large one in a page's header, where all is behind the
/// text. What it lies behind is not worked out, so letters on the paper of such a file can be of any colour.
/// </summary>
internal static class WordBackdrop
{
    /// <summary>English Metric Units, 5 cm: logos and lines of letterheads are lower.</summary>
    private const long LowestInHeaders = 1_800_000;

    private const int MostHeaders = 100;
    private const long MostCharacters = 4_000_000;   // of a header
    private const long UnitsOfPoint = 12_700;

    public static bool Has(OfficePackage package)
    {
        try
        {
            using (XmlReader? body = package.Parts.Reader(package.Main, again: true))
            {
                if (Draws(body, inHeader: false))
                {
                    return true;
                }
            }

            foreach (Relation relation in package.Related(package.Main).Where(relation => relation.Type is "header" or "footer").Take(MostHeaders))
            {
                using XmlReader? header = package.Parts.Reader(relation.Target, most: MostCharacters);
                if (Draws(header, inHeader: true))
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception damaged) when (OfficePackage.IsDamage(damaged))
        {
            return true;   // not known
        }
    }

    private static bool Draws(XmlReader? reader, bool inHeader)
    {
        bool floats = false;
        while (reader?.Read() == true)
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (reader.LocalName is "anchor" or "inline")
            {
                floats = reader.LocalName == "anchor";
                if (floats && !inHeader && reader.GetAttribute("behindDoc") is "1" or "true")
                {
                    return true;
                }
            }
            else if (inHeader && floats && reader.LocalName == "extent" && !(OfficeXml.Long(reader.GetAttribute("cy")) < LowestInHeaders))
            {
                return true;
            }
            else if (reader.GetAttribute("style") is { } style && IsBehind(style, inHeader) && reader.GetAttribute("type") != "#_x0000_t136")   // "DRAFT" across the page
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The older form (VML): "position:absolute;height:700pt;z-index:-251658240".</summary>
    private static bool IsBehind(string style, bool inHeader)
    {
        if (!style.Contains("z-index:-", StringComparison.Ordinal) && !(inHeader && style.Contains("position:absolute", StringComparison.Ordinal)))
        {
            return false;
        }

        string? height = !inHeader ? null : style.Split(';').Select(part => part.Trim()).FirstOrDefault(part => part.StartsWith("height:", StringComparison.Ordinal))?[7..];
        return height?.EndsWith("pt", StringComparison.Ordinal) != true || !double.TryParse(height.AsSpan(0, height.Length - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out double points)
            || points * UnitsOfPoint >= LowestInHeaders;
    }
}
