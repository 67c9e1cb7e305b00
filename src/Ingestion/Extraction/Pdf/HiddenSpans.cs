using System.Text;
using Rag.Ingestion.Extraction.Pdf.Painting;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>Joins the hidden letters of a page, in the order they are painted, to pieces of text that can be reported.</summary>
internal sealed class HiddenSpans(int page, double pageHeight)
{
    private readonly List<HiddenSpan> spans = [];
    private readonly StringBuilder text = new();
    private HiddenTextKind kind;
    private double left, right, top, bottom, lastX, lastY, size;

    public void Add(HiddenTextKind how, string value, in PaintedGlyph letter)
    {
        double x = letter.Start.X, y = pageHeight - letter.Start.Y;
        bool sameLine = Math.Abs(y - lastY) <= Math.Max(size, letter.PaintedSize) * 0.5;
        if (text.Length > 0 && (how != kind || text.Length > PageFindings.LongestText || (!sameLine && Math.Abs(y - lastY) > Math.Max(2, 3 * size))))
        {
            End();
        }

        if (text.Length == 0)
        {
            (kind, left, right, top, bottom) = (how, double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
        }
        else if ((!sameLine || x - lastX > 0.2 * letter.PaintedSize) && text[^1] != ' ')
        {
            text.Append(' ');
        }

        text.Append(value);
        double height = Math.Max(letter.PaintedSize, 1), end = Math.Max(x, letter.End.X);
        (left, right) = (Math.Min(left, x), Math.Max(right, end));
        (top, bottom) = (Math.Min(top, y - height), Math.Max(bottom, y + (0.2 * height)));
        (lastX, lastY, size) = (end, y, letter.PaintedSize);
    }

    /// <summary>A piece that is whole already.</summary>
    public void Add(HiddenTextKind how, string value, Box? where)
    {
        End();
        kind = how;
        text.Append(value);
        (left, right, top, bottom) = where is { } box ? (box.Left, box.Right, pageHeight - box.Top, pageHeight - box.Bottom) : (double.NaN, 0, 0, 0);
        End();
    }

    public IReadOnlyList<HiddenSpan> Finish()
    {
        End();
        return spans;
    }

    private void End()
    {
        string found = text.ToString().Trim();
        text.Clear();
        if (found.Length == 0 || spans.Count == PageFindings.MostSpans)
        {
            return;
        }

        bool finite = double.IsFinite(left) && double.IsFinite(right) && double.IsFinite(top) && double.IsFinite(bottom) && right >= left && bottom >= top;
        spans.Add(new HiddenSpan(
            page, kind, found.Length > PageFindings.LongestText ? found[..PageFindings.LongestText] : found,
            finite ? new PageBox((float)left, (float)top, (float)(right - left), (float)(bottom - top)) : null));
    }
}
