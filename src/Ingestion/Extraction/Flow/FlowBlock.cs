using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Flow;

/// <summary>A piece of a file that has no page geometry. Its text is clean (see <see cref="FlowText"/>); lines are parted by line feeds, the cells of a row by tabs.</summary>
/// <param name="Rank">For headings: 6 for the top level down to 1; else 0.</param>
/// <param name="Caption">For table rows: title and, on its last line, the column heads parted by bars; else null.</param>
internal sealed record FlowBlock(BlockKind Kind, string Text, float Rank = 0, string? Caption = null)
{
    /// <summary>What stood before this block and is not shown to a reader.</summary>
    public IReadOnlyList<FlowHidden> Hidden { get; init; } = [];
}

/// <summary>Text of a file that a person does not see.</summary>
internal readonly record struct FlowHidden(HiddenTextKind Kind, string Text);

/// <summary>A stretch of a file that is shown at once: a section, a slide, some rows of a sheet.</summary>
/// <param name="Label">Its place as a reader names it ("slide 3"); null where there is no better name than its number.</param>
internal sealed record FlowPage(string? Label, IReadOnlyList<FlowBlock> Blocks)
{
    public IReadOnlyList<FlowHidden> Hidden { get; init; } = [];

    public bool HasText => Blocks.Count > 0;
}

/// <summary>What a reader made of a file without page geometry.</summary>
/// <param name="Title">As the file says; null where it says nothing.</param>
internal sealed record FlowDocument(string? Title, IReadOnlyList<FlowPage> Pages);
