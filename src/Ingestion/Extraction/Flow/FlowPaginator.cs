using System.Globalization;

namespace Rag.Ingestion.Extraction.Flow;

/// <summary>
/// Divides a file without pages into stretches that a reader can look over: a section each, long ones in parts. A citation then names
/// the section, and the source page shows it whole.
/// </summary>
internal static class FlowPaginator
{
    /// <summary>UTF-16 characters after which a section goes on in another part.</summary>
    public const int PageLength = 4_000;

    private const int LongestLabel = 80;

    /// <param name="hiddenAtEnd">Belongs to the last page.</param>
    /// <param name="root">Names what stands before the first heading; null where that has no name.</param>
    /// <param name="mostPages">Should sections be more than that, pages are filled without regard to them.</param>
    public static List<FlowPage> BySection(IReadOnlyList<FlowBlock> blocks, IReadOnlyList<FlowHidden> hiddenAtEnd, string? root = null, int mostPages = 5_000)
    {
        List<FlowPage> pages = Divide(blocks, root, atHeadings: true);
        if (pages.Count > mostPages)
        {
            pages = Divide(blocks, root, atHeadings: false);
        }

        if (hiddenAtEnd.Count > 0)
        {
            FlowPage last = pages.Count > 0 ? pages[^1] : new FlowPage(root, []);
            last = last with { Hidden = [.. last.Hidden, .. hiddenAtEnd] };
            pages = [.. pages.Take(pages.Count - 1), last];
        }

        return pages;
    }

    /// <summary>Leaves out pages that are not shown at all (a hidden sheet or slide); their report goes to the page before, else to the first.</summary>
    public static List<FlowPage> Carry(IEnumerable<FlowPage> pages, Func<FlowPage, bool> isShown)
    {
        var shown = new List<FlowPage>();
        var waiting = new List<FlowHidden>();
        foreach (FlowPage page in pages)
        {
            if (isShown(page))
            {
                shown.Add(page with { Hidden = [.. page.Hidden, .. waiting] });
                waiting.Clear();
            }
            else if (shown.Count > 0)
            {
                shown[^1] = shown[^1] with { Hidden = [.. shown[^1].Hidden, .. page.Hidden] };
            }
            else
            {
                waiting.AddRange(page.Hidden);
            }
        }

        return shown;
    }

    private static List<FlowPage> Divide(IReadOnlyList<FlowBlock> blocks, string? root, bool atHeadings)
    {
        var pages = new List<FlowPage>();
        var open = new List<FlowBlock>();
        string? label = root;
        int length = 0, part = 1;
        bool body = false;   // more than headings
        foreach (FlowBlock block in blocks.SelectMany(Cut))
        {
            bool heading = block.Kind == BlockKind.Heading;
            if (heading && body && (atHeadings || length > PageLength))
            {
                Close();
                part = 1;
            }
            else if (!heading && body && length + block.Text.Length > PageLength)
            {
                Close();
                part++;
            }

            if (heading && (atHeadings || open.Count == 0))
            {
                label = FlowText.Head(block.Text.TrimStart('#', ' ').TrimEnd('#', ' '), LongestLabel);
                part = 1;
            }

            open.Add(block);
            length += block.Text.Length + 1;
            body |= !heading;
        }

        Close();
        return pages;

        void Close()
        {
            if (open.Count > 0)
            {
                string? name = part == 1 || label is null ? label : string.Create(CultureInfo.InvariantCulture, $"{label}, part {part}");
                pages.Add(new FlowPage(name, [.. open]) { Hidden = [.. open.SelectMany(block => block.Hidden)] });
                open.Clear();
                (length, body) = (0, false);
            }
        }
    }

    /// <summary>A paragraph of many pages is cut between words; rows and headings are never cut.</summary>
    private static IEnumerable<FlowBlock> Cut(FlowBlock block)
    {
        if (block.Text.Length <= 2 * PageLength || block.Kind is BlockKind.TableRow or BlockKind.Heading)
        {
            yield return block;
            yield break;
        }

        foreach ((int start, int end) in Pieces(block.Text))
        {
            string piece = block.Text[start..end].Trim(' ', '\n');
            if (piece.Length > 0)
            {
                yield return block with { Text = piece, Hidden = start == 0 ? block.Hidden : [] };
            }
        }
    }

    /// <summary>Parts of a text that is longer than two pages: cut between lines, else between words, else anywhere but inside a character.</summary>
    public static IEnumerable<(int Start, int End)> Pieces(string text)
    {
        if (text.Length <= 2 * PageLength)
        {
            yield return (0, text.Length);
            yield break;
        }

        for (int start = 0; start < text.Length;)
        {
            int end = Math.Min(text.Length, start + PageLength);
            if (end < text.Length)
            {
                int gap = text.LastIndexOf('\n', end - 1, PageLength / 2);
                gap = gap > start ? gap : text.LastIndexOf(' ', end - 1, PageLength / 2);
                end = gap > start ? gap + 1 : char.IsLowSurrogate(text[end]) ? end - 1 : end;
            }

            yield return (start, end);
            start = end;
        }
    }
}
