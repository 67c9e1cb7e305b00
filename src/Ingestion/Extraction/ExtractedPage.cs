using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction;

internal enum BlockKind : byte
{
    Heading,
    Paragraph,
    ListItem,
    TableRow,
}

/// <summary>A piece of a page that belongs together. Blocks are in reading order and cover all of the page's text but line feeds.</summary>
/// <param name="Start">UTF-16 offset in the text of the whole document.</param>
/// <param name="End">Excluded; the line feed that ends the block is outside.</param>
/// <param name="Rank">For headings: how weighty it looks; a heading stands under the last one with a higher rank. Else 0.</param>
/// <param name="Caption">For table rows: title and column headers of the table. Else null.</param>
internal sealed record TextBlock(BlockKind Kind, int Start, int End, float Rank = 0, string? Caption = null);

/// <summary>A page's text and geometry (stored) with its structure (needed only to cut chunks).</summary>
internal sealed record ExtractedPage(PageText Text, IReadOnlyList<TextBlock> Blocks)
{
    /// <summary>Text on this page that a person does not see; none of it is in <see cref="Text"/>.</summary>
    public IReadOnlyList<HiddenSpan> Hidden { get; init; } = [];

    /// <summary>A picture covers the page and no text was found on it.</summary>
    public bool IsScan { get; init; }

    /// <summary>What became of a scan that was to be recognised; null for other pages, and where nothing recognises scans.</summary>
    public ScanOutcome? Scan { get; init; }
}
