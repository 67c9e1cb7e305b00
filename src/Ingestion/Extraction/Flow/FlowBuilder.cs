using System.Text;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Flow;

/// <summary>Collects the blocks of a file in reading order. Text goes to the open block; a new kind of block closes it.</summary>
internal sealed class FlowBuilder
{
    /// <summary>More text than any file that is read whole may hold. What says one thing a thousand times over (a merged cell, a repeated mark) meets it before memory ends.</summary>
    public const int MostCharacters = 32 * 1024 * 1024;

    private const int MaxHiddenText = 2_000;

    private readonly List<FlowBlock> blocks = [];
    private readonly List<FlowHidden> hidden = [];
    private readonly StringBuilder text = new();
    private BlockKind kind = BlockKind.Paragraph;
    private float rank;
    private string marker = "";
    private bool verbatim;
    private long length;

    /// <summary>What was hidden after the last block.</summary>
    public IReadOnlyList<FlowHidden> HiddenAtEnd => hidden;

    /// <summary>Closes the open block. The next text starts a paragraph.</summary>
    public IReadOnlyList<FlowBlock> Blocks
    {
        get
        {
            Close();
            return blocks;
        }
    }

    /// <param name="level">1 to 6; deeper ones count as 6.</param>
    public void BeginHeading(int level) => Begin(BlockKind.Heading, 7 - Math.Clamp(level, 1, 6), "");

    /// <param name="itemMarker">In front of the item, such as "•" or "3."</param>
    public void BeginItem(string itemMarker) => Begin(BlockKind.ListItem, 0, itemMarker + " ");

    /// <param name="keepLines">The lines mean to be lines, with their blanks.</param>
    public void BeginParagraph(bool keepLines = false)
    {
        Begin(BlockKind.Paragraph, 0, "");
        verbatim = keepLines;
    }

    /// <exception cref="RefusedFileException">Together more than <see cref="MostCharacters"/>.</exception>
    public void Append(string more)
    {
        Spend(more.Length);
        text.Append(more);
    }

    public void LineBreak() => text.Append('\n');

    public void Close() => Begin(BlockKind.Paragraph, 0, "");

    /// <param name="cells">As many as the table has columns; empty ones are shown as a dash, so that heads stay above their cells.</param>
    public void Row(IReadOnlyList<string> cells, string? caption)
    {
        Close();
        if (cells.Any(cell => cell.Length > 0))
        {
            Spend(cells.Sum(cell => cell.Length + 1L));
            Add(new FlowBlock(BlockKind.TableRow, string.Join('\t', cells.Select(cell => cell.Length == 0 ? "–" : cell)), 0, caption));
        }
    }

    public void Hide(HiddenTextKind how, string words)
    {
        string folded = FlowText.Fold(words);
        if (folded.Length == 0)
        {
            return;
        }

        if (hidden.Count > 0 && hidden[^1].Kind == how && hidden[^1].Text.Length < MaxHiddenText)
        {
            hidden[^1] = new FlowHidden(how, $"{hidden[^1].Text} {folded}");
        }
        else if (hidden.Count < PageFindings.MostSpans)
        {
            hidden.Add(new FlowHidden(how, folded));
        }
    }

    private void Spend(long characters)
    {
        length += characters;
        if (length > MostCharacters)
        {
            throw new RefusedFileException(RefusalReason.TooLarge);
        }
    }

    private void Begin(BlockKind next, float nextRank, string nextMarker)
    {
        if (text.Length > 0)
        {
            string raw = text.ToString();
            text.Clear();
            if (FlowText.TagsOf(raw) is { } tags)
            {
                Hide(HiddenTextKind.Characters, tags);
            }

            string clean = verbatim ? string.Join('\n', raw.Split('\n').Select(FlowText.Line).Where(line => line.Length > 0)) : FlowText.FoldLines(raw);
            if (clean.Length > 0)
            {
                // A heading is one line: it becomes part of paths and names.
                Add(new FlowBlock(kind, kind == BlockKind.Heading ? clean.Replace('\n', ' ') : marker + clean, rank));
            }
        }

        (kind, rank, marker, verbatim) = (next, nextRank, nextMarker, false);
    }

    private void Add(FlowBlock block)
    {
        blocks.Add(hidden.Count == 0 ? block : block with { Hidden = [.. hidden] });
        hidden.Clear();
    }
}
