using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Counts the items of a Word file's lists as Word does, and says what stands before each: "•", "3.", "2.1".</summary>
internal sealed class WordNumbering
{
    private const int Levels = 9;

    /// <summary>Characters; what stands before every item must not outweigh the items.</summary>
    private const int LongestMark = 60;

    private readonly Dictionary<string, XElement> kinds = new(StringComparer.Ordinal);   // numId → abstractNum
    private readonly Dictionary<XElement, int[]> counts = [];

    public WordNumbering(XElement? part)
    {
        var definitions = (part?.Children("abstractNum") ?? []).GroupBy(definition => definition.Attr("abstractNumId") ?? "").ToDictionary(group => group.Key, group => group.First());
        foreach (XElement list in part?.Children("num") ?? [])
        {
            if (definitions.TryGetValue(list.Val("abstractNumId") ?? "", out XElement? definition))
            {
                kinds.TryAdd(list.Attr("numId") ?? "", definition);
            }
        }
    }

    /// <returns>Empty where the list shows nothing.</returns>
    public string Next(string list, int level)
    {
        if (!kinds.TryGetValue(list, out XElement? definition))
        {
            return "•";
        }

        if (!counts.TryGetValue(definition, out int[]? count))
        {
            counts[definition] = count = [.. Enumerable.Repeat(-1, Levels)];
        }

        count[level] = count[level] < 0 ? Start(definition, level) : count[level] + 1;
        count.AsSpan(level + 1).Fill(-1);
        XElement? shape = Level(definition, level);
        switch (shape.Val("numFmt"))
        {
            case "bullet":
                return "•";
            case "none":
                return "";
        }

        var text = new StringBuilder(shape.Val("lvlText") is { Length: <= LongestMark } mark ? mark : string.Create(CultureInfo.InvariantCulture, $"%{level + 1}."));
        for (int i = 0; i < Levels; i++)
        {
            int number = count[i] < 0 ? Start(definition, i) : count[i];
            text.Replace("%" + (i + 1).ToString(CultureInfo.InvariantCulture), Show(number, Level(definition, i).Val("numFmt")));
        }

        return text.ToString();
    }

    private static XElement? Level(XElement definition, int level) =>
        definition.Children("lvl").FirstOrDefault(shape => shape.Attr("ilvl") == level.ToString(CultureInfo.InvariantCulture));

    private static int Start(XElement definition, int level) => OfficeXml.Int(Level(definition, level).Val("start")) ?? 1;

    private static string Show(int number, string? format) => format switch
    {
        "lowerLetter" when number is > 0 and <= 26 => ((char)('a' + number - 1)).ToString(),
        "upperLetter" when number is > 0 and <= 26 => ((char)('A' + number - 1)).ToString(),
        "lowerRoman" => Roman(number).ToLowerInvariant(),
        "upperRoman" => Roman(number),
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    private static string Roman(int number)
    {
        if (number is < 1 or > 999)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        var text = new StringBuilder();
        foreach ((int value, string sign) in new[] { (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I") })
        {
            for (; number >= value; number -= value)
            {
                text.Append(sign);
            }
        }

        return text.ToString();
    }
}
