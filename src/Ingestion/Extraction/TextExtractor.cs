using System.Globalization;
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
        (ExtractedPage whole, string? title) = Extract(file, kind, firstLines);
        List<FlowBlock> blocks = [.. whole.Blocks.Select(block => new FlowBlock(block.Kind, whole.Text.Text[block.Start..block.End].TrimEnd('\n'), block.Rank, block.Caption))];
        IReadOnlyList<FlowHidden> hidden = [.. whole.Hidden.Select(span => new FlowHidden(span.Kind, span.Text))];
        if (kind == FileKind.Markdown)
        {
            FlowBlock? heading = blocks.FirstOrDefault(block => block.Kind == BlockKind.Heading);
            return new FlowDocument(title ?? (heading is { Text.Length: <= LongestTitle } ? heading.Text.TrimStart('#', ' ').TrimEnd('#', ' ') : null), FlowPaginator.BySection(blocks, hidden));
        }

        return new FlowDocument(null, ByLines(Pieces(whole, firstLines), firstLines[^1], hidden));
    }

    /// <summary>Blocks of a text, longer ones in parts, each with the number of its first line.</summary>
    private static List<(FlowBlock Block, int Line)> Pieces(ExtractedPage whole, List<int> firstLines)
    {
        var pieces = new List<(FlowBlock Block, int Line)>();
        int line = 0;   // of the text; blank lines are none
        for (int i = 0; i < whole.Blocks.Count; i++)
        {
            TextBlock block = whole.Blocks[i];
            string words = whole.Text.Text[block.Start..block.End];
            int first = line;
            foreach ((int start, int end) in FlowPaginator.Pieces(words))
            {
                while (line + 1 < whole.Text.Lines.Count && whole.Text.Lines[line + 1].Start <= block.Start + start)
                {
                    line++;
                }

                first = start == 0 ? line : first;
                string piece = words[start..end].TrimEnd('\n', ' ');
                if (piece.Length > 0)
                {
                    pieces.Add((new FlowBlock(block.Kind, piece, block.Rank, block.Caption), firstLines[i] + line - first));
                }
            }
        }

        return pieces;
    }

    private static List<FlowPage> ByLines(List<(FlowBlock Block, int Line)> pieces, int lastLine, IReadOnlyList<FlowHidden> hidden)
    {
        var pages = new List<FlowPage>();
        int part = 1;   // of one line that fills pages
        for (int first = 0, next; first < pieces.Count; first = next)
        {
            int length = 0;
            for (next = first; next < pieces.Count && (next == first || length + pieces[next].Block.Text.Length <= FlowPaginator.PageLength); next++)
            {
                length += pieces[next].Block.Text.Length + 1;
            }

            int from = pieces[first].Line, to = next == pieces.Count ? lastLine : Math.Max(from, pieces[next].Line - 1);
            part = first > 0 && pieces[first - 1].Line == from ? part + 1 : 1;
            bool sameLine = part > 1 || (next < pieces.Count && pieces[next].Line == from);
            string label = string.Create(CultureInfo.InvariantCulture, $"{(from == to ? $"line {from}" : $"lines {from}–{to}")}{(sameLine ? $", part {part}" : "")}");
            bool all = first == 0 && next == pieces.Count;
            pages.Add(new FlowPage(all ? null : label, [.. pieces[first..next].Select(piece => piece.Block)]) { Hidden = next == pieces.Count ? hidden : [] });
        }

        return pages;
    }

    /// <summary>The whole file as one page.</summary>
    public static ExtractedPage Extract(byte[] file, FileKind kind) => Extract(file, kind, []).Page;

    /// <param name="firstLines">Takes the number of each block's first line in the file, from 1, and at the end the number of the last line.</param>
    private static (ExtractedPage Page, string? Title) Extract(byte[] file, FileKind kind, List<int> firstLines)
    {
        string decoded = TextDecoder.Decode(file).Replace('\v', ' ');   // between words, as some programs break lines
        string[] source = decoded.ReplaceLineEndings("\n").Split('\n');
        var text = new StringBuilder();
        var lines = new List<TextLine>();
        var blocks = new List<TextBlock>();
        TextBlock? open = null;
        bool markdown = kind == FileKind.Markdown, wrapped = false, table = false;
        var fence = new MarkdownFence();
        var comments = new MarkdownComments();
        (int frontMatter, string? title) = markdown ? MarkdownLines.FrontMatter(source) : (0, null);
        string? tableHeader = null;
        for (int i = 0; i < source.Length; i++)
        {
            bool fenced = markdown && fence.Enter(source[i]);
            string next = i + 1 < source.Length ? source[i + 1] : "";
            string line = FlowText.Line(markdown && !fenced ? comments.Strip(source, i) : source[i]);
            if (line.Length == 0)
            {
                Close();
                (tableHeader, table) = (null, false);
                continue;
            }

            bool plain = !markdown || fenced || i < frontMatter;   // nothing in it is a mark
            int level = plain ? 0 : MarkdownLines.HeadingLevel(line, next);
            table = !plain && line.Contains('|') && (table || MarkdownLines.IsRule(next));
            bool row = !plain && level == 0 && (table || MarkdownLines.IsTableRow(line));
            BlockKind blockKind = level > 0 ? BlockKind.Heading
                : row ? BlockKind.TableRow
                : (!markdown || !plain) && MarkdownLines.IsListItem(line) ? BlockKind.ListItem
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
                    tableHeader = MarkdownLines.TableHeader(line, next);
                }

                firstLines.Add(i + 1);
                open = new TextBlock(blockKind, text.Length, text.Length, level > 0 ? 7 - level : 0, row ? tableHeader : null);
            }

            if (!continues)
            {
                wrapped = (!markdown || !plain) && WrappedText.IsParagraph(source, i);
            }
            else if (wrapped)
            {
                text[^1] = ' ';   // in place of the line feed: offsets stay
            }

            lines.Add(new TextLine(text.Length, line.Length, 0, 0, 0, 0, 0, level > 0, []));
            text.Append(line);
            open = open! with { End = text.Length };
            text.Append('\n');
        }

        Close();
        firstLines.Add(source.Length);
        IEnumerable<(HiddenTextKind Kind, string Words)> hidden = [.. comments.Found.Select(words => (HiddenTextKind.Marked, words)), .. FlowText.TagsOf(decoded) is { } tags ? [(HiddenTextKind.Characters, tags)] : Array.Empty<(HiddenTextKind, string)>()];
        var page = new ExtractedPage(new PageText(1, null, 0, 0, 0, text.ToString(), lines), blocks)
        {
            Hidden = [.. hidden.Select(span => new HiddenSpan(1, span.Kind, FlowText.Head(span.Words, PageFindings.LongestText), null))],
        };
        return (page, title);

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
