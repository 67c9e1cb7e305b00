using UglyToad.PdfPig.Core;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>The path that is being built, as far as it matters: its bounds, and whether it fills them.</summary>
internal sealed class ShapeTracker
{
    private const int MostCornersOfABox = 9;   // a rounded box has a curve for each corner
    private const double Straight = 0.5;       // points

    private readonly List<PdfPoint> points = [];
    private PdfPoint first;
    private int subpaths, lines, curves;
    private bool slanted;

    /// <summary>Bounds of the path taken last; null when there was none.</summary>
    public Box? Last { get; private set; }

    public void BeginSubpath() => subpaths++;

    public PdfPoint? CloseSubpath() => points.Count == 0 ? null : first;

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
    }

    /// <summary>Ends the path; null when nothing was built.</summary>
    public (Box Box, bool IsBox)? Take()
    {
        if (points.Count == 0)
        {
            Last = null;
            return null;
        }

        Box box = Box.Around(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(points));
        bool isBox = subpaths <= 1 && !slanted && lines >= 3 && lines + (curves / 3) <= MostCornersOfABox;
        points.Clear();
        (subpaths, lines, curves, slanted) = (0, 0, 0, false);
        Last = box;
        return (box, isBox);
    }
}
