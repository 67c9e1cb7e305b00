using Rag.Retrieval.Knowledge;

namespace Rag.Web.Chat;

/// <summary>Text of which a part may be marked.</summary>
public sealed record MarkedText(string Before, string Mark, string After);

/// <summary>A heading, some lines of text, or the rows of a table.</summary>
public sealed record ExcerptBlock(MarkedText? Text, bool IsHeading, IReadOnlyList<List<MarkedText>>? Rows, IReadOnlyList<string>? Heads);

/// <summary>What the source page shows of a file without pages: the stretch around a quote, its tables as tables.</summary>
internal sealed record Excerpt(IReadOnlyList<ExcerptBlock> Blocks, bool CutBefore, bool CutAfter)
{
    /// <summary>UTF-16 characters shown before and after the passage.</summary>
    private const int Around = 1_500;

    public static Excerpt Empty { get; } = new([], false, false);

    /// <param name="start">UTF-16 offset in the document's text; <paramref name="end"/> is excluded.</param>
    /// <param name="caption">Of the cited row: its last line names the columns.</param>
    public static Excerpt Cut(PageText page, int start, int end, string? caption)
    {
        var text = page.Text;
        var markStart = Math.Clamp(start - page.Start, 0, text.Length);
        var markEnd = Math.Clamp(end - page.Start, markStart, text.Length);
        var from = markStart <= Around ? 0 : Math.Max(text.LastIndexOf('\n', markStart - Around) + 1, markStart - (2 * Around));
        var to = markEnd + Around >= text.Length ? text.Length : text.IndexOf('\n', markEnd + Around) is var line and >= 0 && line <= markEnd + (2 * Around) ? line : Math.Min(text.Length, markEnd + (2 * Around));
        var headings = page.Lines.Where(l => l.Bold).Select(l => l.Start - page.Start).ToHashSet();
        var heads = caption?.Split('\n')[^1].Split('|', StringSplitOptions.TrimEntries);

        var blocks = new List<ExcerptBlock>();
        var rows = new List<List<MarkedText>>();
        var prose = from;
        for (var at = from; at < to;)
        {
            var feed = text.IndexOf('\n', at, to - at);
            var lineEnd = feed < 0 ? to : feed;
            var row = text.AsSpan(at, lineEnd - at).Contains('\t');
            var heading = headings.Contains(at);
            if (row || heading)
            {
                Prose(at);
                prose = Math.Min(to, lineEnd + 1);
            }

            if (row)
            {
                rows.Add(Cells(at, lineEnd));
            }
            else
            {
                Table();
                if (heading)
                {
                    blocks.Add(new ExcerptBlock(Marked(at, lineEnd), true, null, null));
                }
            }

            at = lineEnd + 1;
        }

        Prose(to);
        Table();
        return new Excerpt(blocks, from > 0, to < text.Length);

        void Prose(int upTo)
        {
            if (upTo > prose && text.AsSpan(prose, upTo - prose).Trim().Length > 0)
            {
                blocks.Add(new ExcerptBlock(Marked(prose, upTo), false, null, null));
            }
        }

        void Table()
        {
            if (rows.Count > 0)
            {
                var fits = heads is { Length: > 1 } && rows.TrueForAll(r => r.Count == heads.Length) && !rows[0].Select(c => c.Before + c.Mark + c.After).SequenceEqual(heads);
                blocks.Add(new ExcerptBlock(null, false, rows, fits ? heads : null));
                rows = [];
            }
        }

        List<MarkedText> Cells(int lineStart, int lineEnd)
        {
            var cells = new List<MarkedText>();
            for (var at = lineStart; at <= lineEnd;)
            {
                var tab = text.IndexOf('\t', at, lineEnd - at);
                var cellEnd = tab < 0 ? lineEnd : tab;
                cells.Add(Marked(at, cellEnd));
                at = cellEnd + 1;
            }

            return cells;
        }

        MarkedText Marked(int a, int b)
        {
            var (m, n) = (Math.Clamp(markStart, a, b), Math.Clamp(markEnd, a, b));
            return new MarkedText(text[a..m], text[m..n], text[n..b]);
        }
    }
}
