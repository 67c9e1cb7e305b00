using System.Runtime.InteropServices;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Graphics.Core;
using UglyToad.PdfPig.PdfFonts;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>A glyph as it is painted. Points; the origin is the lower left corner of the page as displayed.</summary>
/// <param name="Text">As the font maps it; may hold characters that nobody sees.</param>
/// <param name="Box">Around the em square: from the baseline up by the size that it is painted in.</param>
/// <param name="PaintedSize">The smaller of height and breadth that an em is painted in.</param>
internal readonly record struct PaintedGlyph(string Text, PdfPoint Start, PdfPoint End, Box Box, double PaintedSize, Seen Seen, GlyphStyle Style)
{
    /// <summary>What the font says where it paints another letter, which is <see cref="Text"/>; else null.</summary>
    public string? Claimed { get; init; }
}

/// <summary>What glyphs that are painted one after the other have in common.</summary>
/// <param name="Font">Face and encoding.</param>
/// <param name="Size">Font size in points, as PdfPig gives it.</param>
/// <param name="Order">How many areas were painted before.</param>
/// <param name="Layer">Optional content that they belong to; null: always shown.</param>
internal sealed record GlyphStyle(IFont Font, double Size, Ink Ink, int Order, LayerRule? Layer, BlendMode Blend);

/// <summary>What can be told of a glyph at the time it is painted.</summary>
internal enum Seen
{
    Yes,

    /// <summary>Painted with nothing: render mode 3 or 7. The text of a scan is painted so, too.</summary>
    NoInk,

    /// <summary>Fully transparent.</summary>
    Transparent,

    /// <summary>Outside the clip path.</summary>
    Clipped,
}

/// <summary>An upright rectangle.</summary>
internal readonly record struct Box(double Left, double Bottom, double Right, double Top)
{
    public static Box Everything { get; } = new(double.NegativeInfinity, double.NegativeInfinity, double.PositiveInfinity, double.PositiveInfinity);

    public double Area => IsEmpty ? 0 : (Right - Left) * (Top - Bottom);

    public bool IsEmpty => !(Right > Left && Top > Bottom);

    public static Box Around(ReadOnlySpan<PdfPoint> points)
    {
        double left = double.PositiveInfinity, bottom = double.PositiveInfinity, right = double.NegativeInfinity, top = double.NegativeInfinity;
        foreach (PdfPoint point in points)
        {
            (left, right) = (Math.Min(left, point.X), Math.Max(right, point.X));
            (bottom, top) = (Math.Min(bottom, point.Y), Math.Max(top, point.Y));
        }

        return new Box(left, bottom, right, top);
    }

    public static Box Around(PdfRectangle shape) => Around([shape.BottomLeft, shape.BottomRight, shape.TopLeft, shape.TopRight]);

    public Box And(Box other) => new(Math.Max(Left, other.Left), Math.Max(Bottom, other.Bottom), Math.Min(Right, other.Right), Math.Min(Top, other.Top));

    public Box Grown(double x, double y) => new(Left - x, Bottom - y, Right + x, Top + y);

    public bool Holds(double x, double y, double slack = 0) => x >= Left - slack && x <= Right + slack && y >= Bottom - slack && y <= Top + slack;
}

/// <summary>A colour, or null where a pattern, a shading or an unknown colour space is painted.</summary>
/// <param name="Fill">Red, green, blue from 0 to 1; null for text that is only outlined, too.</param>
/// <param name="Stroke">Of outlined text; null where there is no outline.</param>
internal readonly record struct Ink((double Red, double Green, double Blue)? Fill, (double Red, double Green, double Blue)? Stroke);

/// <summary>Something painted over part of the page, in order.</summary>
/// <param name="Colour">Null: a picture, a pattern of several colours, or a shape whose outline does not tell what it hides.</param>
/// <param name="Opaque">Nothing shows through it.</param>
/// <param name="Layer">Optional content that it belongs to; null: always shown.</param>
internal sealed record PaintedArea(Box Box, (double Red, double Green, double Blue)? Colour, bool Opaque, bool IsPicture, LayerRule? Layer)
{
    /// <summary>Of an opaque picture, for a look at its colours.</summary>
    public PaintedPicture? Picture { get; init; }
}

/// <summary>A page in the order in which it is painted.</summary>
/// <param name="width">As displayed, in points.</param>
/// <param name="glyphs">Lent until the next page of the file is painted: a page's worth is large.</param>
/// <param name="replacements">Texts that the file gives in place of what it paints, with what it paints there.</param>
internal sealed class PaintedPage(int number, double width, double height, List<PaintedGlyph> glyphs, IReadOnlyList<PaintedArea> areas, IReadOnlyList<ReplacementText> replacements)
{
    public int Number { get; } = number;
    public double Width { get; } = width;
    public double Height { get; } = height;
    public ReadOnlySpan<PaintedGlyph> Glyphs => CollectionsMarshal.AsSpan(glyphs);
    public IReadOnlyList<PaintedArea> Areas { get; } = areas;
    public IReadOnlyList<ReplacementText> Replacements { get; } = replacements;

    /// <summary>Those that can be seen, in order.</summary>
    public IReadOnlyList<PaintedPicture> Pictures { get; init; } = [];
}

/// <summary>A picture on a page, not looked into.</summary>
/// <param name="Open">Reads what the file says of it; throws many types where that is broken.</param>
/// <param name="Clip">What of the page may show it.</param>
/// <param name="Order">How many areas were painted, its own included.</param>
/// <param name="IsStencil">Its dark samples are painted in the present colour, the others are holes.</param>
internal sealed record PaintedPicture(Func<IPdfImage> Open, PictureCorners Corners, Box Clip, int Order, bool IsStencil)
{
    /// <summary>Of one page; more is a drawing.</summary>
    public const int Most = 2_000;
}

internal readonly record struct PictureCorners(PdfPoint TopLeft, PdfPoint TopRight, PdfPoint BottomLeft);

/// <param name="Box">Of the first glyph; null where nothing is painted.</param>
internal sealed record ReplacementText(string Given, string Painted, Box? Box);
