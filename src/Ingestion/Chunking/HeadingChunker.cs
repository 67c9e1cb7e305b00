using System.Text;
using Rag.Ingestion.Extraction;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Ingestion.Chunking;

/// <summary>How large the parts of what is embedded may be, in word pieces. Body, prefix and caption together fit the model.</summary>
internal sealed record ChunkLimits(int Body, int Prefix, int Caption)
{
    /// <summary>A table row is never cut below this: it may take what the caption leaves of the model's 512.</summary>
    public int Row => 504 - Prefix - Caption;
}

/// <summary>
/// Cuts a document, page by page, into chunks that can be read alone: structure first (sections, tables, paragraphs), then sentences,
/// then words. A chunk's text is exactly a range of the document's text; every character but white space is in exactly one chunk.
/// </summary>
/// <param name="titleTokens">What the title takes of <see cref="ChunkLimits.Prefix"/>.</param>
/// <param name="cancel">Ends the cutting of a page: a row of megabytes takes seconds.</param>
internal sealed class HeadingChunker(TokenWindow window, ChunkLimits limits, int titleTokens, CancellationToken cancel = default)
{
    private readonly HeadingPath path = new(window);
    private readonly List<Unit> units = [];   // of the chunk being filled
    private readonly StringBuilder text = new();   // the document's text from textStart on
    private readonly List<ChunkDraft> done = [];
    private int textStart;
    private int flushed;   // the end of the last chunk; what is before is not needed any more
    private int ordinal;
    private int cost;

    private bool OnlyHeadings => units.TrueForAll(unit => unit.Kind == BlockKind.Heading);

    private bool InTable => units.Count > 0 && units[^1].Kind == BlockKind.TableRow;

    /// <returns>The chunks that this page completes.</returns>
    public IReadOnlyList<ChunkDraft> Add(ExtractedPage page)
    {
        if (flushed > textStart)
        {
            text.Remove(0, flushed - textStart);   // once a page: it moves all that is behind
            textStart = flushed;
        }

        text.Append(page.Text.Text);
        foreach (TextBlock block in page.Blocks)
        {
            string content = Slice(block.Start, block.End);
            if (string.IsNullOrWhiteSpace(content))
            {
                continue;
            }

            var unit = new Unit(block.Kind, block.Start, block.End, page.Text.Number, window.Cost(content), block.Caption);
            switch (block.Kind)
            {
                case BlockKind.Heading:
                    AddHeading(unit, block.Rank, content);
                    break;
                case BlockKind.TableRow:
                    AddRow(unit, content);
                    break;
                default:
                    AddProse(unit, content);
                    break;
            }
        }

        return Take();
    }

    /// <returns>What is left after the last page.</returns>
    public IReadOnlyList<ChunkDraft> Finish()
    {
        Flush();
        return Take();
    }

    private void AddHeading(Unit heading, float rank, string content)
    {
        if (!OnlyHeadings)
        {
            Flush();
        }

        path.Enter(rank, string.Join(' ', content.TrimStart('#', ' ').Split('\n', '\t')));
        Fill(heading, content);
    }

    private void AddRow(Unit row, string content)
    {
        bool sameTable = InTable && units[^1].Caption == row.Caption;
        if (!sameTable && !OnlyHeadings)
        {
            Flush();
        }

        if (row.Cost > limits.Row)
        {
            Fill(row, content);   // no row that a person would read; cut like running text
            return;
        }

        if (cost + row.Cost > limits.Body)
        {
            Flush();
        }

        Append(row);
    }

    private void AddProse(Unit paragraph, string content)
    {
        if (InTable)
        {
            Flush();
        }

        Fill(paragraph, content);
    }

    /// <summary>Whole if it fits, else by sentences, else by words.</summary>
    private void Fill(Unit unit, string content)
    {
        if (cost + unit.Cost <= limits.Body)
        {
            Append(unit);
            return;
        }

        if (unit.Cost <= limits.Body && !OnlyHeadings)
        {
            Flush();
            Append(unit);
            return;
        }

        // A line feed ends a sentence for the splitter; here it is only where a line of the paragraph ends.
        foreach ((int start, int end, _) in SentenceSplitter.Split(content.Replace('\n', ' ')))
        {
            int sentence = window.Cost(content[start..end]);
            if (sentence <= limits.Body)
            {
                Place(unit with { Start = unit.Start + start, End = unit.Start + end, Cost = sentence });
                continue;
            }

            foreach ((int from, int to) in window.Split(content[start..end], limits.Body))
            {
                int words = window.Cost(content[(start + from)..(start + to)]);
                Place(unit with { Start = unit.Start + start + from, End = unit.Start + start + to, Cost = words });
            }
        }
    }

    private void Place(Unit part)
    {
        cancel.ThrowIfCancellationRequested();
        if (cost + part.Cost > limits.Body)
        {
            Flush();
        }

        Append(part);
    }

    private void Append(Unit unit)
    {
        units.Add(unit);
        cost += unit.Cost;
    }

    private void Flush()
    {
        if (units.Count == 0)
        {
            return;
        }

        int start = units[0].Start, end = units[^1].End;
        string? caption = units[^1].Kind == BlockKind.TableRow && units[^1].Caption is { } words && limits.Caption > 0 ? window.Head(words, limits.Caption) : null;
        done.Add(new ChunkDraft(
            ordinal++, Slice(start, end), path.ToText(limits.Prefix - titleTokens), caption, start, end, new PageRange(units[0].Page, units[^1].Page)));
        flushed = end;
        units.Clear();
        cost = 0;
    }

    private List<ChunkDraft> Take()
    {
        List<ChunkDraft> complete = [.. done];
        done.Clear();
        return complete;
    }

    private string Slice(int start, int end) => text.ToString(start - textStart, end - start);

    private readonly record struct Unit(BlockKind Kind, int Start, int End, int Page, int Cost, string? Caption);
}
