using System.Globalization;
using System.Xml.Linq;
using ExcelNumberFormat;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>Numbers of a workbook as it shows them: dates, currencies, percents.</summary>
internal sealed class SheetFormats
{
    private const int DaysTo1904 = 1_462;

    private static readonly Dictionary<int, string> BuiltIn = new()
    {
        [1] = "0", [2] = "0.00", [3] = "#,##0", [4] = "#,##0.00", [9] = "0%", [10] = "0.00%", [11] = "0.00E+00", [12] = "# ?/?", [13] = "# ??/??",
        [14] = "yyyy-mm-dd", [15] = "d-mmm-yy", [16] = "d-mmm", [17] = "mmm-yy", [18] = "h:mm AM/PM", [19] = "h:mm:ss AM/PM", [20] = "h:mm", [21] = "h:mm:ss", [22] = "yyyy-mm-dd h:mm",
        [37] = "#,##0;(#,##0)", [38] = "#,##0;(#,##0)", [39] = "#,##0.00;(#,##0.00)", [40] = "#,##0.00;(#,##0.00)", [45] = "mm:ss", [46] = "[h]:mm:ss", [47] = "mm:ss.0", [48] = "##0.0E+0",
    };

    private readonly List<NumberFormat?> formats = [];   // by style index; null shows the number as it is
    private readonly bool from1904;

    public SheetFormats(XElement? styles, bool from1904)
    {
        this.from1904 = from1904;
        var own = (styles?.Child("numFmts")?.Children("numFmt") ?? []).GroupBy(format => OfficeXml.Int(format.Attr("numFmtId")) ?? -1).ToDictionary(group => group.Key, group => group.First().Attr("formatCode") ?? "");
        var known = new Dictionary<string, NumberFormat?>(StringComparer.Ordinal);
        foreach (XElement style in styles?.Child("cellXfs")?.Children("xf") ?? [])
        {
            int id = OfficeXml.Int(style.Attr("numFmtId")) ?? 0;
            string code = own.GetValueOrDefault(id) ?? BuiltIn.GetValueOrDefault(id, "");
            if (!known.TryGetValue(code, out NumberFormat? format))
            {
                known[code] = format = code.Length == 0 || code.Equals("General", StringComparison.OrdinalIgnoreCase) ? null : new NumberFormat(code);
            }

            formats.Add(format);
        }
    }

    /// <param name="value">As stored.</param>
    /// <param name="style">Index of the cell's style; null for the first.</param>
    public string Show(string value, int? style)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            return value;
        }

        NumberFormat? format = style is { } index && index >= 0 && index < formats.Count ? formats[index] : formats.Count > 0 ? formats[0] : null;
        if (format is not { IsValid: true })
        {
            return number.ToString("G15", CultureInfo.InvariantCulture);
        }

        try
        {
            if (!format.IsDateTimeFormat)
            {
                return format.Format(number, CultureInfo.InvariantCulture).Trim();
            }

            double day = from1904 ? number + DaysTo1904 : number;
            return day is >= 0 and < 2_958_466 ? format.Format(DateTime.FromOADate(day), CultureInfo.InvariantCulture).Trim() : value;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            return number.ToString("G15", CultureInfo.InvariantCulture);   // a code that its reader does not know
        }
    }
}
