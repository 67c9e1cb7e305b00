using System.Text;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>A formula on one line, as people type it: "x^2 = a/(b + c)". Without its marks "10³" would read "103".</summary>
internal static class WordMath
{
    private const int DeepestNesting = 60;

    public static string Text(XElement formula, int depth = 0)
    {
        if (depth > DeepestNesting)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (XElement child in formula.Elements())
        {
            string Part(string name) => child.Child(name) is { } part ? Text(part, depth + 1) : "";
            text.Append(child.Name.LocalName switch
            {
                "t" => child.Value,
                "f" => $"{Grouped(Part("num"))}/{Grouped(Part("den"))}",
                "sSup" => $"{Part("e")}^{Grouped(Part("sup"))}",
                "sSub" => $"{Part("e")}_{Grouped(Part("sub"))}",
                "sSubSup" => $"{Part("e")}_{Grouped(Part("sub"))}^{Grouped(Part("sup"))}",
                "rad" => $"{Part("deg")}√{Grouped(Part("e"))}",
                "d" => $"{Sign(child, "dPr", "begChr", "(")}{string.Join(", ", child.Children("e").Select(part => Text(part, depth + 1)))}{Sign(child, "dPr", "endChr", ")")}",
                "nary" => $"{Sign(child, "naryPr", "chr", "∫")}{Limits(Part("sub"), Part("sup"))} {Part("e")}",
                "m" => string.Join("; ", child.Children("mr").Select(row => string.Join(" ", row.Children("e").Select(part => Text(part, depth + 1))))),
                _ => Text(child, depth + 1),
            });
        }

        return text.ToString();
    }

    private static string Grouped(string part) => part.All(char.IsLetterOrDigit) ? part : $"({part})";

    private static string Limits(string from, string to) => (from.Length > 0 ? $"_{Grouped(from)}" : "") + (to.Length > 0 ? $"^{Grouped(to)}" : "");

    private static string Sign(XElement part, string properties, string name, string usual) => part.Child(properties).Val(name) ?? usual;
}
