using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>A page as lines, before running heads are dropped and columns are sorted. <see cref="Lines"/> run from top to bottom.</summary>
internal sealed class LaidOutPage(int number, float width, float height, List<Line> lines)
{
    public int Number { get; } = number;
    public float Width { get; } = width;
    public float Height { get; } = height;
    public List<Line> Lines { get; } = lines;

    /// <summary>Text that a reader does not see; none of it is in <see cref="Lines"/>.</summary>
    public IReadOnlyList<HiddenSpan> Hidden { get; init; } = [];

    /// <summary>A picture covers the page and no text was found on it.</summary>
    public bool IsScan { get; init; }

    /// <summary>The printed page number, where running heads show one that differs from <see cref="Number"/>.</summary>
    public string? Label { get; set; }

    /// <summary>Lines at the top and bottom edge that may be running heads; kept when <see cref="Lines"/> loses them.</summary>
    public IReadOnlyList<MarginLine> Margins { get; } = MarginLine.Of(lines, height);
}
