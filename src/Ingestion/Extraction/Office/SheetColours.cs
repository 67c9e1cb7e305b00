using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Styles of a workbook that write white letters on no ground of their own. Colours of themes are not worked out: in doubt text is visible.</summary>
internal static class SheetColours
{
    /// <returns>Indexes of cell styles.</returns>
    public static HashSet<int> WhiteOnNothing(XElement? styles)
    {
        bool[] white = [.. (styles?.Child("fonts")?.Children("font") ?? []).Select(font => font.Child("color")?.Attr("rgb") is { Length: 8 } colour && DrawingFill.IsWhite(colour[2..]))];
        bool[] bare = [.. (styles?.Child("fills")?.Children("fill") ?? []).Select(fill => fill.Child("gradientFill") is null && fill.Child("patternFill")?.Attr("patternType") is null or "none")];
        var found = new HashSet<int>();
        int index = 0;
        foreach (XElement style in styles?.Child("cellXfs")?.Children("xf") ?? [])
        {
            if (At(white, style.Attr("fontId"), missing: false) && At(bare, style.Attr("fillId"), missing: true))
            {
                found.Add(index);
            }

            index++;
        }

        return found;
    }

    private static bool At(bool[] facts, string? index, bool missing) => OfficeXml.Int(index) is { } at && at >= 0 && at < facts.Length ? facts[at] : missing;
}
