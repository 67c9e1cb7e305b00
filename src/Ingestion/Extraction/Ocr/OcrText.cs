using System.Text;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Ocr;

/// <summary>A recognised word.</summary>
/// <param name="Paragraph">Picture, block and paragraph that it belongs to.</param>
/// <param name="Line">Within the paragraph.</param>
/// <param name="Box">In pixels of the picture or points of the page; origin top left.</param>
/// <param name="Confidence">0 to 100, as the engine says.</param>
internal sealed record OcrWord((int Picture, int Block, int Paragraph) Paragraph, int Line, PageBox Box, double Confidence, string Text);

/// <summary>Puts recognised words together to a page whose every character has a place.</summary>
internal static class OcrText
{
    /// <param name="page">Number, size and start; its text is replaced.</param>
    /// <param name="words">In reading order, boxes in points within the page.</param>
    public static ExtractedPage Compose(PageText page, IReadOnlyList<OcrWord> words)
    {
        var text = new StringBuilder();
        var lines = new List<TextLine>();
        var blocks = new List<TextBlock>();
        foreach (var paragraph in words.GroupBy(word => word.Paragraph))
        {
            text.Append(blocks.Count > 0 ? "\n" : "");
            int from = page.Start + text.Length;
            foreach (var line in paragraph.GroupBy(word => word.Line))
            {
                text.Append(page.Start + text.Length > from ? " " : "");
                lines.Add(Line([.. line], text, page.Start));
            }

            blocks.Add(new TextBlock(BlockKind.Paragraph, from, page.Start + text.Length));
            text.Append('\n');
        }

        return new ExtractedPage(page with { Text = text.ToString(), Lines = lines }, blocks) { IsScan = blocks.Count == 0 };
    }

    private static TextLine Line(List<OcrWord> words, StringBuilder text, int start)
    {
        int from = text.Length;
        float left = words.Min(word => word.Box.X), top = words.Min(word => word.Box.Y);
        float right = words.Max(word => word.Box.X + word.Box.Width), bottom = words.Max(word => word.Box.Y + word.Box.Height);
        var edges = new List<float>();
        foreach (OcrWord word in words)
        {
            float wordLeft = word.Box.X - left;
            if (edges.Count > 0)
            {
                text.Append(' ');
                edges.Add(Math.Max(edges[^1], wordLeft));
            }

            for (int i = 1; i <= word.Text.Length; i++)
            {
                // Each letter an equal share: the engine says where words stand, not letters.
                float edge = wordLeft + (word.Box.Width * i / word.Text.Length);
                edges.Add(Math.Max(edges.Count > 0 ? edges[^1] : 0, edge));
            }

            text.Append(word.Text);
        }

        return new TextLine(start + from, text.Length - from, left, top, right - left, bottom - top, (bottom - top) * 0.8f, false, [.. edges]);
    }
}
