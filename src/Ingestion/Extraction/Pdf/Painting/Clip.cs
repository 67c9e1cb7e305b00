namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>What of the page may show what is painted.</summary>
/// <param name="IsExact">All of the box; else some of it, nobody knows which.</param>
/// <param name="Hole">Cut out of the box.</param>
/// <param name="Letters">Only through these glyphs of the page, by their places.</param>
internal sealed record Clip(Box Box, bool IsExact = true, Box? Hole = null, IReadOnlyList<int>? Letters = null)
{
    public static Clip None { get; } = new(Box.Everything);

    public bool Holds(double x, double y)
    {
        const double slack = 1;
        return !Box.IsEmpty && Box.Holds(x, y, slack) && !(Hole is { } hole && hole.Holds(x, y, -slack));
    }

    public Clip And(Shape shape) => this with { Box = Box.And(shape.Box), IsExact = IsExact && shape.IsBox, Hole = Hole ?? shape.Hole };
}

/// <summary>A path that was built.</summary>
/// <param name="IsBox">It fills its box.</param>
/// <param name="Hole">It fills its box but for this.</param>
internal readonly record struct Shape(Box Box, bool IsBox, Box? Hole);
