using System.Runtime.InteropServices;
using UglyToad.PdfPig.Core;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>The path that is being built, as far as it matters: its bounds, whether it fills them, and what a thick line along it paints.</summary>
internal sealed class ShapeTracker
{
    private const int MostCornersOfABox = 9;   // a rounded box has a curve for each corner
    private const double Straight = 0.5;       // points
    private const int MostSegments = 64;       // of a path whose line is looked at

    private readonly List<PdfPoint> points = [];
    private readonly List<(PdfPoint From, PdfPoint To)> segments = [];
    private readonly List<Box> rectangles = [];
    private PdfPoint first;
    private int subpaths, lines, curves;
    private bool slanted;

    /// <summary>The path taken last; null when there was none.</summary>
    public Shape? Last { get; private set; }

    public void BeginSubpath() => subpaths++;

    public PdfPoint? CloseSubpath()
    {
        if (points.Count == 0)
        {
            return null;
        }

        Segment(first);
        return first;
    }

    public PdfPoint Move(PdfPoint to)
    {
        first = to;
        points.Add(to);
        return to;
    }

    public PdfPoint Line(PdfPoint to)
    {
        if (points.Count > 0)
        {
            PdfPoint from = points[^1];
            slanted |= Math.Abs(to.X - from.X) > Straight && Math.Abs(to.Y - from.Y) > Straight;
        }

        Segment(to);
        lines++;
        points.Add(to);
        return to;
    }

    public PdfPoint Curve(PdfPoint to)
    {
        curves++;
        points.Add(to);
        return to;
    }

    public void Rectangle(ReadOnlySpan<PdfPoint> corners)
    {
        subpaths++;
        Move(corners[0]);
        Line(corners[1]);
        Line(corners[2]);
        Line(corners[3]);
        Segment(first);
        if (rectangles.Count < 3)
        {
            rectangles.Add(Box.Around(corners));
        }
    }

    /// <summary>What a line along the path paints.</summary>
    /// <param name="width">Of the line, in points.</param>
    /// <returns>Boxes; not exact ones where the line is slanted, bent or long.</returns>
    public IReadOnlyList<(Box Box, bool IsBox)> Lines(double width, bool square)
    {
        double half = width / 2;
        if (points.Count == 0)
        {
            return [];
        }

        if (curves > 0 || segments.Count >= MostSegments)
        {
            return [(Box.Around(CollectionsMarshal.AsSpan(points)).Grown(half, half), false)];
        }

        var painted = new List<(Box, bool)>();
        foreach ((PdfPoint from, PdfPoint to) in segments)
        {
            bool level = Math.Abs(from.Y - to.Y) <= Straight, upright = Math.Abs(from.X - to.X) <= Straight;
            double end = square ? half : 0;
            painted.Add((Box.Around([from, to]).Grown(level ? end : half, level ? half : upright ? end : half), level || upright));
        }

        return painted;
    }

    /// <summary>Ends the path; null when nothing was built.</summary>
    public Shape? Take(bool evenOdd)
    {
        if (points.Count == 0)
        {
            return Last = null;
        }

        Box box = Box.Around(CollectionsMarshal.AsSpan(points));
        bool isBox = subpaths <= 1 && !slanted && lines >= 3 && lines + (curves / 3) <= MostCornersOfABox;
        Box? hole = null;
        if (evenOdd && subpaths == 2 && rectangles.Count == 2 && lines == 6 && curves == 0 && !slanted)
        {
            (Box outer, Box inner) = rectangles[0].Area >= rectangles[1].Area ? (rectangles[0], rectangles[1]) : (rectangles[1], rectangles[0]);
            hole = outer.And(inner) == inner ? inner : null;
        }

        points.Clear();
        segments.Clear();
        rectangles.Clear();
        (subpaths, lines, curves, slanted) = (0, 0, 0, false);
        Last = new Shape(box, isBox, hole);
        return Last;
    }

    private void Segment(PdfPoint to)
    {
        if (segments.Count < MostSegments && points.Count > 0)
        {
            segments.Add((points[^1], to));
        }
    }
}
