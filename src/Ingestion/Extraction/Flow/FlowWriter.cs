using System.Text;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Flow;

/// <summary>Turns a stretch of blocks into a page of the document's text.</summary>
internal static class FlowWriter
{
    public static IEnumerable<ExtractedPage> ToPages(FlowDocument document)
    {
        int start = 0;
        for (int i = 0; i < document.Pages.Count; i++)
        {
            ExtractedPage page = ToPage(document.Pages[i], i + 1, start);
            start += page.Text.Text.Length;
            yield return page;
        }
    }

    /// <param name="number">From 1.</param>
    /// <param name="start">UTF-16 offset of the page in the document's text.</param>
    public static ExtractedPage ToPage(FlowPage page, int number, int start)
    {
        var text = new StringBuilder();
        var lines = new List<TextLine>();
        var blocks = new List<TextBlock>(page.Blocks.Count);
        FlowBlock? before = null;
        foreach (FlowBlock block in page.Blocks)
        {
            if (before is not null && !BelongTogether(before, block))
            {
                text.Append('\n');
            }

            int from = start + text.Length;
            blocks.Add(new TextBlock(block.Kind, from, from + block.Text.Length, block.Rank, block.Caption));
            AddLines(lines, block, from);
            text.Append(block.Text).Append('\n');
            before = block;
        }

        return new ExtractedPage(new PageText(number, page.Label, 0, 0, start, text.ToString(), lines), blocks)
        {
            Hidden = [.. page.Hidden.Take(PageFindings.MostSpans).Select(span => new HiddenSpan(number, span.Kind, FlowText.Head(span.Text, PageFindings.LongestText), null))],
        };
    }

    /// <summary>Rows of one table and items of one list follow each other without a blank line.</summary>
    private static bool BelongTogether(FlowBlock first, FlowBlock second) =>
        first.Kind == second.Kind && (first.Kind == BlockKind.ListItem || (first.Kind == BlockKind.TableRow && first.Caption == second.Caption));

    private static void AddLines(List<TextLine> lines, FlowBlock block, int from)
    {
        for (int start = 0; start <= block.Text.Length;)
        {
            int end = block.Text.IndexOf('\n', start);
            end = end < 0 ? block.Text.Length : end;
            lines.Add(new TextLine(from + start, end - start, 0, 0, 0, 0, 0, block.Kind == BlockKind.Heading, []));
            start = end + 1;
        }
    }
}
