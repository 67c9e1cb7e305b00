using System.Text;
using Rag.Ingestion.Extraction.Flow;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction;

/// <summary>
/// Plain text and Markdown. Blank lines part paragraphs; a paragraph that an editor broke at a fixed width becomes
/// one line again, so that its sentences are whole, other lines stay as they are. Markdown's
/// headings, list items, tables and fences are recognised, its marks are kept: the text stays what the owner wrote.
/// </summary>
internal static class TextExtractor
{
    private const int LongestTitle = 120;

    /// <summary>The file divided into stretches that a reader can look over: Markdown by its sections, text by its lines.</summary>
    public static FlowDocument Read(byte[] file, FileKind kind)
    {
        var firstLines = new List<int>();
        ExtractedPage whole = Extract(file, kind, firstLines);
        List<FlowBlock> blocks = [.. whole.Blocks.Select(block => new FlowBlock(block.Kind, whole.Text.Text[block.Start..block.End].TrimEnd('\n'), block.Rank, block.Caption))];
        IReadOnlyList<FlowHidden> hidden = whole.Hidden is [var tags] ? [new FlowHidden(tags.Kind, tags.Text)] : [];
        if (kind == FileKind.Markdown)
        {
            FlowBlock? title = blocks.FirstOrDefault(block => block.Kind == BlockKind.Heading);
            return new FlowDocument(title is { Text.Length: <= LongestTitle } ? title.Text.TrimStart('#', ' ') : null, FlowPaginator.BySection(blocks, hidden));
        }

        var pages = new List<FlowPage>();
        for (int first = 0, next; first < blocks.Count; first = next)
        {
            int length = 0;
            for (next = first; next < blocks.Count && (next == first || length + blocks[next].Text.Length <= FlowPaginator.PageLength); next++)
            {
                length += blocks[next].Text.Length + 1;
            }

            bool all = first == 0 && next == blocks.Count;
            int last = next == blocks.Count ? firstLines[^1] : firstLines[next] - 1;
            string label = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"lines {firstLines[first]}–{last}");
            pages.Add(new FlowPage(all ? null : label, blocks[first..next]) { Hidden = next == blocks.Count ? hidden : [] });
        }

        return new FlowDocument(null, pages);
    }

    /// <summary>The whole file as one page.</summary>
    public static ExtractedPage Extract(byte[] file, FileKind kind) => Extract(file, kind, []);

    /// <param name="firstLines">Takes the number of each block's first line in the file, from 1, and at the end the number of the last line.</param>
    private static ExtractedPage Extract(byte[] file, FileKind kind, List<int> firstLines)
    {
        string decoded = TextDecoder.Decode(file);
        string[] source = decoded.ReplaceLineEndings("\n").Split('\n');
        var text = new StringBuilder();
        var lines = new List<TextLine>();
        var blocks = new List<TextBlock>();
        TextBlock? open = null;
        bool fenced = false, wrapped = false;
        string? tableHeader = null;
        for (int i = 0; i < source.Length; i++)
        {
            string line = FlowText.Line(source[i]);
            if (line.Length == 0)
            {
                Close();
                tableHeader = null;
                continue;
            }

            bool fence = kind == FileKind.Markdown && line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            int level = kind == FileKind.Markdown && !fenced ? MarkdownLines.HeadingLevel(line, i + 1 < source.Length ? source[i + 1] : "") : 0;
            bool row = kind == FileKind.Markdown && !fenced && MarkdownLines.IsTableRow(line);
            BlockKind blockKind = level > 0 ? BlockKind.Heading
                : row ? BlockKind.TableRow
                : !fenced && MarkdownLines.IsListItem(line) ? BlockKind.ListItem
                : BlockKind.Paragraph;
            bool continues = open is not null && blockKind == BlockKind.Paragraph && open.Kind is BlockKind.Paragraph or BlockKind.ListItem;
            if (!continues)
            {
                bool sameTable = row && open?.Kind == BlockKind.TableRow;
                Close();
                if (blocks.Count > 0 && !sameTable)
                {
                    text.Append('\n');
                }

                if (row && !sameTable)
                {
                    tableHeader = MarkdownLines.TableHeader(line, i + 1 < source.Length ? source[i + 1] : "");
                }

                firstLines.Add(i + 1);
                open = new TextBlock(blockKind, text.Length, text.Length, level > 0 ? 7 - level : 0, row ? tableHeader : null);
            }

            if (!continues)
            {
                wrapped = !fenced && !fence && WrappedText.IsParagraph(source, i);
            }
            else if (wrapped)
            {
                text[^1] = ' ';   // in place of the line feed: offsets stay
            }

            lines.Add(new TextLine(text.Length, line.Length, 0, 0, 0, 0, 0, level > 0, []));
            text.Append(line);
            open = open! with { End = text.Length };
            text.Append('\n');
            fenced ^= fence;
        }

        Close();
        firstLines.Add(source.Length);
        return new ExtractedPage(new PageText(1, null, 0, 0, 0, text.ToString(), lines), blocks)
        {
            Hidden = FlowText.TagsOf(decoded) is { } tags ? [new HiddenSpan(1, HiddenTextKind.Characters, FlowText.Head(tags, PageFindings.LongestText), null)] : [],
        };

        void Close()
        {
            if (open is not null)
            {
                blocks.Add(open);
                open = null;
            }
        }
    }
}
