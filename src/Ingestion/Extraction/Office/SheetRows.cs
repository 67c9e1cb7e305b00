using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using Rag.Ingestion.Extraction.Flow;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>A row of a sheet that has something in it.</summary>
/// <param name="Number">From 1, as the sheet shows it.</param>
/// <param name="Hidden">The whole row is hidden.</param>
/// <param name="Cells">Column (from 0) and what it shows, ascending; those of hidden columns apart.</param>
internal sealed record SheetRow(int Number, bool Hidden, List<(int Column, string Text)> Cells, List<string> HiddenCells)
{
    /// <summary>What stands in the colour of its cell or of the sheet.</summary>
    public List<string> UnseenCells { get; } = [];
}

/// <summary>Reads the rows of a worksheet from front to back; only one row is in memory.</summary>
internal sealed partial class SheetRows(IReadOnlyList<SheetText> shared, SheetFormats formats, SheetColours colours)
{
    public const int MaxColumns = 1_024;

    public IEnumerable<SheetRow> Read(XmlReader reader)
    {
        bool[] hiddenColumns = new bool[MaxColumns];
        int last = 0;
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (reader.LocalName == "col" && IsOn(reader.GetAttribute("hidden")))
            {
                int from = Math.Clamp(OfficeXml.Int(reader.GetAttribute("min")) ?? 1, 1, MaxColumns) - 1;
                int to = Math.Clamp(OfficeXml.Int(reader.GetAttribute("max")) ?? 1, from, MaxColumns);
                hiddenColumns.AsSpan(from, to - from).Fill(true);
            }
            else if (reader.LocalName == "row")
            {
                last = OfficeXml.Int(reader.GetAttribute("r")) ?? last + 1;
                SheetRow row = ReadRow(reader, last, hiddenColumns);
                if (row.Cells.Count + row.HiddenCells.Count + row.UnseenCells.Count > 0)
                {
                    yield return row;
                }
            }
        }
    }

    /// <summary>Characters that XML cannot hold are written as "_x000D_", and what looks like one of these as "_x005F_x000D_".</summary>
    public static string Unescaped(string text) => !text.Contains("_x", StringComparison.Ordinal) ? text
        : Escape().Replace(text, match => ((char)int.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString());

    [GeneratedRegex("_x([0-9A-Fa-f]{4})_")]
    private static partial Regex Escape();

    private SheetRow ReadRow(XmlReader reader, int number, bool[] hiddenColumns)
    {
        var row = new SheetRow(number, IsOn(reader.GetAttribute("hidden")), [], []);
        if (reader.IsEmptyElement)
        {
            return row;
        }

        int depth = reader.Depth, column = -1;
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType != XmlNodeType.Element || reader.LocalName != "c")
            {
                continue;
            }

            column = reader.GetAttribute("r") is { } place ? ColumnOf(place) : column + 1;
            (string shown, string unseen) = ReadCell(reader);
            (shown, unseen) = (FlowText.Fold(shown), FlowText.Fold(unseen));
            if (column is < 0 or >= MaxColumns)
            {
                continue;
            }

            if (unseen.Length > 0)
            {
                (hiddenColumns[column] ? row.HiddenCells : row.UnseenCells).Add(unseen);
            }

            if (shown.Length > 0 && hiddenColumns[column])
            {
                row.HiddenCells.Add(shown);
            }
            else if (shown.Length > 0)
            {
                row.Cells.Add((column, shown));
            }
        }

        return row;
    }

    /// <summary>What the cell shows, and what stands in it in the colour of its ground.</summary>
    private (string Shown, string Unseen) ReadCell(XmlReader reader)
    {
        string? type = reader.GetAttribute("t");
        int? style = OfficeXml.Int(reader.GetAttribute("s"));
        if (reader.IsEmptyElement)
        {
            return ("", "");
        }

        int depth = reader.Depth;
        string value = "";
        StringBuilder inline = new(), unseen = new();
        bool phonetic = false, hasLetters = false;
        Colour? ink = null;
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                phonetic = reader.LocalName == "rPh" || (phonetic && reader.LocalName == "t");
                if (reader.LocalName == "v" && !reader.IsEmptyElement)
                {
                    value = Text(reader);
                }
                else if (reader.LocalName == "t" && !phonetic && !reader.IsEmptyElement)
                {
                    (colours.IsUnseen(style ?? 0, hasLetters, ink) ? unseen : inline).Append(Text(reader));
                }
                else if (reader.LocalName is "r" or "rPr")
                {
                    (hasLetters, ink) = (reader.LocalName == "rPr", null);
                }
                else if (reader.LocalName == "color" && hasLetters)
                {
                    ink = colours.Of(reader.GetAttribute);
                }
                else if (reader.LocalName == "f" && !reader.IsEmptyElement)
                {
                    Text(reader);
                }
            }
        }

        return type switch
        {
            "s" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < shared.Count ? shared[index].In(style ?? 0, colours) : ("", ""),
            "inlineStr" => (Unescaped(inline.ToString()), Unescaped(unseen.ToString())),
            "b" => colours.Part(value == "1" ? "TRUE" : "FALSE", style ?? 0),
            "str" => colours.Part(Unescaped(value), style ?? 0),
            "e" or "d" => colours.Part(value, style ?? 0),
            _ => value.Length == 0 ? (inline.ToString(), unseen.ToString()) : colours.Part(formats.Show(value, style), style ?? 0),
        };
    }

    /// <summary>The text of a simple element; leaves the reader on its end.</summary>
    private static string Text(XmlReader reader)
    {
        int depth = reader.Depth;
        string first = "";
        StringBuilder? more = null;   // nearly every cell is of one piece
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace))
            {
                continue;
            }

            if (first.Length == 0)
            {
                first = reader.Value;
            }
            else
            {
                (more ??= new StringBuilder(first)).Append(reader.Value);
            }
        }

        return more?.ToString() ?? first;
    }

    /// <summary>"AB12" is column 27.</summary>
    public static int ColumnOf(string place)
    {
        int column = 0;
        foreach (char c in place)
        {
            if (!char.IsAsciiLetterUpper(c) || column > MaxColumns)
            {
                break;
            }

            column = (column * 26) + (c - 'A' + 1);
        }

        return column - 1;
    }

    private static bool IsOn(string? flag) => flag is "1" or "true";
}
