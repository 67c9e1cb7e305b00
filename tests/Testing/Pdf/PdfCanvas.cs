using System.Globalization;
using System.Text;

namespace Rag.Testing.Pdf;

/// <summary>One page: text and boxes at given places. Points; the origin is the top left corner, as in <c>PageText</c>.</summary>
/// <param name="rotate">The page's /Rotate entry: 0, 90, 180 or 270.</param>
public sealed class PdfCanvas(double width = 612, double height = 792, int rotate = 0)
{
    private readonly StringBuilder content = new();

    public double Width => width;
    public double Height => height;
    public int Rotate => rotate;

    public string Content => content.ToString();

    /// <summary>Writes one line.</summary>
    /// <param name="baseline">Distance of the baseline from the top of the page.</param>
    /// <param name="gray">0 black … 1 white.</param>
    /// <param name="mode">Text rendering mode; 3 paints nothing.</param>
    public PdfCanvas Text(double x, double baseline, string text, double size = 10, bool bold = false, double gray = 0, int mode = 0)
    {
        Append($"BT /{(bold ? "F2" : "F1")} {size} Tf {gray} g {mode} Tr 1 0 0 1 {x} {height - baseline} Tm ({Escape(text)}) Tj ET\n");
        return this;
    }

    /// <summary>Writes one line that ends at <paramref name="right"/>.</summary>
    public PdfCanvas TextRight(double right, double baseline, string text, double size = 10, bool bold = false) =>
        Text(right - Helvetica.Width(text, size), baseline, text, size, bold);

    /// <summary>Writes a line turned by 90°, running upwards.</summary>
    public PdfCanvas TextUpwards(double x, double bottom, string text, double size = 10)
    {
        Append($"BT /F1 {size} Tf 0 g 0 Tr 0 1 -1 0 {x} {height - bottom} Tm ({Escape(text)}) Tj ET\n");
        return this;
    }

    public PdfCanvas FillBox(double x, double top, double boxWidth, double boxHeight, double gray)
    {
        Append($"q {gray} g {x} {height - top - boxHeight} {boxWidth} {boxHeight} re f Q\n");
        return this;
    }

    /// <summary>Draws the file's one image (a small grey pattern) over a rectangle.</summary>
    public PdfCanvas Image(double x, double top, double boxWidth, double boxHeight)
    {
        Append($"q {boxWidth} 0 0 {boxHeight} {x} {height - top - boxHeight} cm /Im1 Do Q\n");
        return this;
    }

    /// <summary>Raw content stream operators.</summary>
    public PdfCanvas Raw(string operators)
    {
        content.Append(operators).Append('\n');
        return this;
    }

    private void Append(FormattableString text) => content.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal);
}
