using System.Text;
using Rag.Ingestion.Extraction.Pdf;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction;

/// <summary>
/// Plain text and Markdown: one page without geometry. Blank lines part paragraphs; a paragraph that an editor broke at a fixed width becomes
/// one line again, so that its sentences are whole, other lines stay as they are. Markdown's
/// headings, list items, tables and fences are recognised, its marks are kept: the text stays what the owner wrote.
/// </summary>
internal static class TextExtractor
{
    public static ExtractedPage Extract(byte[] file, FileKind kind)
    {
        string[] source = TextDecoder.Decode(file).ReplaceLineEndings("\n").Split('\n');
        var text = new StringBuilder();
        var lines = new List<TextLine>();
        var blocks = new List<TextBlock>();
        TextBlock? open = null;
        bool fenced = false, wrapped = false;
        string? tableHeader = null;
        for (int i = 0; i < source.Length; i++)
        {
            string line = Clean(source[i]);
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
        return new ExtractedPage(new PageText(1, null, 0, 0, 0, text.ToString(), lines), blocks);

        void Close()
        {
            if (open is not null)
            {
                blocks.Add(open);
                open = null;
            }
        }
    }

    private static string Clean(string line)
    {
        string trimmed = line.TrimEnd();
        return trimmed.Any(c => c != '\t' && !char.IsSurrogate(c) && GlyphText.IsInvisible(c))
            ? string.Concat(trimmed.Where(c => c == '\t' || char.IsSurrogate(c) || !GlyphText.IsInvisible(c))).TrimEnd()
            : trimmed;
    }
}
