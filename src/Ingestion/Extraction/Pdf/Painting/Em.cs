using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Graphics;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>The em square of a glyph on the page: as wide as the glyph's advance, from the baseline up.</summary>
/// <param name="Start">Of the baseline.</param>
/// <param name="Size">The smaller of height and breadth that an em is painted in, in points.</param>
internal readonly record struct Em(PdfPoint Start, PdfPoint End, Box Box, double Size)
{
    /// <param name="first">Applied first: rendering, then text, then page.</param>
    /// <param name="width">Of the glyph, in em.</param>
    public static Em Of(in TransformationMatrix first, in TransformationMatrix second, in TransformationMatrix third, double width, double unit)
    {
        if (!IsUpright(first) || !IsUpright(second) || !IsUpright(third))
        {
            return Turned(PerformantRectangleTransformer.Transform(first, second, third, new PdfRectangle(0, 0, width, unit)), width, unit);
        }

        // The same sums, without those that add nothing.
        double left = Along(first.E, second, third), right = Along((first.A * width) + first.E, second, third);
        double bottom = Up(first.F, second, third), top = Up((first.D * unit) + first.F, second, third);
        double size = Math.Abs(top - bottom);
        return new Em(
            new PdfPoint(left, bottom), new PdfPoint(right, bottom), new Box(Math.Min(left, right), Math.Min(bottom, top), Math.Max(left, right), Math.Max(bottom, top)),
            width > Thin ? Math.Min(size, Math.Abs(right - left) * unit / width) : size);
    }

    private const double Thin = 0.05;   // of no width: an accent

    private static Em Turned(PdfRectangle em, double width, double unit)
    {
        double x = em.TopLeft.X - em.BottomLeft.X, y = em.TopLeft.Y - em.BottomLeft.Y;
        double size = Math.Sqrt((x * x) + (y * y));
        if (width > Thin)
        {
            (x, y) = (em.BottomRight.X - em.BottomLeft.X, em.BottomRight.Y - em.BottomLeft.Y);
            size = Math.Min(size, Math.Sqrt((x * x) + (y * y)) * unit / width);
        }

        return new Em(em.BottomLeft, em.BottomRight, Box.Around(em), size);
    }

    private static bool IsUpright(in TransformationMatrix matrix) => matrix.B == 0 && matrix.C == 0;

    private static double Along(double x, in TransformationMatrix second, in TransformationMatrix third) => (third.A * ((second.A * x) + second.E)) + third.E;

    private static double Up(double y, in TransformationMatrix second, in TransformationMatrix third) => (third.D * ((second.D * y) + second.F)) + third.F;
}
