using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>Lines → the page's text with its blocks: headings, paragraphs, list items, table rows. One for a whole document.</summary>
internal sealed class PageComposer(DocumentStyle style)
{
    private (string? Title, string? Caption, int Columns)? openTable;   // a table that reached the end of the page before

    /// <param name="start">Offset of the page in the document's text.</param>
    public ExtractedPage Compose(LaidOutPage page, int start)
    {
        var lines = new List<Line>();
        List<Line> notes = [];
        foreach (Turn turn in Enum.GetValues<Turn>())
        {
            List<Line> text = page.Lines.FindAll(line => line.Turn == turn);
            if (text.Count == 0)
            {
                continue;   // nearly every turn but one
            }

            if (turn == Turn.Rightwards)
            {
                (text, notes) = Footnotes.Part(text, style);
            }

            Add(lines, ReadingOrder.Sort(text));
        }

        int firstNote = lines.Count;
        Add(lines, notes);

        var writer = new PageWriter(start);
        var blocks = new List<TextBlock>();
        var before = new List<(BlockKind Kind, string Text)>();   // since the last table, for captions
        var paragraphs = new Paragraphs(style, lines);
        List<Table> tables = TableFinder.Find(lines);
        string? title = null;
        int next = 0, lastTableEnd = -1;
        for (int i = 0; i < lines.Count;)
        {
            if (blocks.Count > 0)
            {
                writer.Append('\n');   // a blank line between blocks
            }

            if (next < tables.Count && tables[next].First == i)
            {
                Table table = tables[next++];
                string? caption = Caption(lines, table, before, continues: i == 0, adjacent: lastTableEnd == i, ref title);
                WriteTable(writer, blocks, lines, table, caption);
                i = lastTableEnd = table.End;
                openTable = (title, caption, table.Columns.Count);
                before.Clear();
            }
            else
            {
                int end = paragraphs.End(i, next < tables.Count ? tables[next].First : lines.Count);
                int from = writer.Position;
                WriteParagraph(writer, lines, i, end);
                string text = writer.TextFrom(from);
                BlockKind kind = paragraphs.Kind(i, end, text, out float rank);
                blocks.Add(new TextBlock(kind, from, writer.Position, rank));
                before.Add((kind, text));
                writer.Append('\n');
                openTable = i < firstNote ? null : openTable;   // a table goes on past the notes below it
                i = end;
            }
        }

        var result = new PageText(page.Number, page.Label, page.Width, page.Height, start, writer.Text, writer.Lines);
        return new ExtractedPage(result, blocks) { Hidden = page.Hidden, IsScan = page.IsScan };
    }

    /// <summary>Adds lines whose columns are numbered from 1.</summary>
    private static void Add(List<Line> lines, List<Line> more)
    {
        int offset = lines.Count == 0 ? 0 : lines.Max(line => line.Column);
        foreach (Line line in more)
        {
            line.Column += offset;
            lines.Add(line);
        }
    }

    private string? Caption(List<Line> lines, Table table, List<(BlockKind Kind, string Text)> before, bool continues, bool adjacent, ref string? title)
    {
        if (continues && openTable is { } open)
        {
            title = open.Title;
            if (table.Header == 0 && Math.Abs(open.Columns - table.Columns.Count) <= 1)
            {
                return open.Caption;
            }
        }
        else if (!adjacent)
        {
            title = TableCaption.Title(before);
        }

        return TableCaption.Build(title, lines, table);
    }

    private static void WriteTable(PageWriter writer, List<TextBlock> blocks, List<Line> lines, Table table, string? caption)
    {
        for (int i = table.First; i < table.End; i++)
        {
            int from = writer.Position;
            writer.Append(lines[i]);
            if (i + 1 < table.End && i >= table.First + table.Header && LabelGoesOn(lines[i], lines[i + 1]))
            {
                writer.Append(' ');
                writer.Append(lines[++i]);
            }

            blocks.Add(new TextBlock(BlockKind.TableRow, from, writer.Position, 0, caption));
            writer.Append('\n');
        }
    }

    /// <summary>A row's label that was broken into two lines, with the figures beside the second.</summary>
    private static bool LabelGoesOn(Line label, Line row) =>
        label.Cells.Count == 1 && row.Cells.Count > 1 && !label.Text.EndsWith(':') &&
        row.Baseline - label.Baseline < 1.4f * row.Size && (char.IsLower(row.Text[0]) || label.LastWord.Text[^1] is ',' or '-');

    private void WriteParagraph(PageWriter writer, List<Line> lines, int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            bool last = i + 1 == end;
            string lastWord = lines[i].LastWord.Text;
            string nextWord = last ? "" : lines[i + 1].Cells[0].Words[0].Text;
            bool broken = !last && lastWord.Length > 2 && lastWord[^1] is '-' or '\u2010' && char.IsLetter(lastWord[^2]) && nextWord.Length > 0 && char.IsLower(nextWord[0]);
            writer.Append(lines[i], dropLast: broken && !style.KeepsHyphen(lastWord, nextWord));
            if (!last && !broken)
            {
                writer.Append(' ');
            }
        }
    }
}
