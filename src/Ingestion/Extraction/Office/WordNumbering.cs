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

    private readonly Dictionary<string, Kind> kinds = new(StringComparer.Ordinal);   // by numId
    private readonly Dictionary<XElement, int[]> counts = [];
    private readonly HashSet<(string List, int Level)> restarted = [];

    public WordNumbering(XElement? part)
    {
        var definitions = (part?.Children("abstractNum") ?? []).GroupBy(definition => definition.Attr("abstractNumId") ?? "").ToDictionary(group => group.Key, group => group.First());
        foreach (XElement list in part?.Children("num") ?? [])
        {
            if (definitions.TryGetValue(list.Val("abstractNumId") ?? "", out XElement? definition))
            {
                // A definition may only name a style; the one that is linked to the style has the levels.
                XElement meant = definition.Val("numStyleLink") is { } style ? definitions.Values.FirstOrDefault(other => other.Val("styleLink") == style) ?? definition : definition;
                kinds.TryAdd(list.Attr("numId") ?? "", new Kind(meant, [.. list.Children("lvlOverride").Take(Levels)]));
            }
        }
    }

    /// <returns>Empty where the list shows nothing.</returns>
    public string Next(string list, int level)
    {
        if (!kinds.TryGetValue(list, out Kind? kind))
        {
            return "•";
        }

        // Lists of one definition count on from each other, but for those that say where they begin.
        if (!counts.TryGetValue(kind.Definition, out int[]? count))
        {
            counts[kind.Definition] = count = [.. Enumerable.Repeat(-1, Levels)];
        }

        count[level] = kind.Restart(level) is { } first && restarted.Add((list, level)) ? first : count[level] < 0 ? Start(kind, level) : count[level] + 1;
        count.AsSpan(level + 1).Fill(-1);
        XElement? shape = kind.Level(level);
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
            int number = count[i] < 0 ? Start(kind, i) : count[i];
            text.Replace("%" + (i + 1).ToString(CultureInfo.InvariantCulture), Show(number, kind.Level(i).Val("numFmt")));
        }

        return text.ToString();
    }

    private static int Start(Kind kind, int level) => OfficeXml.Int(kind.Level(level).Val("start")) ?? 1;

    private static string Show(int number, string? format) => format switch
    {
        "lowerLetter" when number is > 0 and <= 26 => ((char)('a' + number - 1)).ToString(),
        "upperLetter" when number is > 0 and <= 26 => ((char)('A' + number - 1)).ToString(),
        "lowerRoman" => Roman(number).ToLowerInvariant(),
        "upperRoman" => Roman(number),
        "decimalZero" => number.ToString("00", CultureInfo.InvariantCulture),
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

    /// <summary>A list: what its definition says of each level, and what it says otherwise itself.</summary>
    private sealed record Kind(XElement Definition, IReadOnlyList<XElement> Overrides)
    {
        public XElement? Level(int level) => Of(Overrides, level)?.Child("lvl") ?? Of(Definition.Children("lvl"), level);

        /// <summary>With which number the list begins anew; null where it counts on.</summary>
        public int? Restart(int level) => Of(Overrides, level) is { } own ? OfficeXml.Int(own.Val("startOverride")) : null;

        private static XElement? Of(IEnumerable<XElement> levels, int level) => levels.FirstOrDefault(shape => shape.Attr("ilvl") == level.ToString(CultureInfo.InvariantCulture));
    }
}
