using Rag.Ingestion.Extraction.Pdf.Painting;
using Rag.Retrieval.Knowledge;
using UglyToad.PdfPig.Graphics.Core;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>
/// Tells letters that a reader can see from those hidden in the page. Plainly invisible letters stay out of the index; in doubt a letter counts as
/// visible. Text recognised over a scan is visible by its picture.
/// </summary>
internal sealed class HiddenText
{
    private const double SmallestReadable = 1.5;   // points
    private const double SameColour = 0.05;        // of 1, each of red, green and blue: nobody sees such a difference in print or on a screen
    private const double ScanShare = 0.5;          // of the page: a picture as large is what is read, and text under it is its transcript

    private readonly PaintedPage page;
    private readonly IReadOnlySet<string> layersOff;
    private readonly List<Box> pictures;
    private readonly AreasByHeight areas;
    private readonly PictureColours colours = new();
    private readonly HashSet<int>? piled;
    private readonly int lastInk;   // areas below the letters with ink that are painted last
    private Places? places;
    private (GlyphStyle? Style, bool IsInk) onPaper;

    public HiddenText(PaintedPage page, IReadOnlySet<string> layersOff)
    {
        bool IsOff(PaintedArea area) => area.Layer is { } layer && layer.IsOff(layersOff);
        areas = new AreasByHeight(page, IsOff);
        (this.page, this.layersOff) = (page, layersOff);
        pictures = [.. page.Areas.Where(area => area.IsPicture && !IsOff(area)).Select(area => area.Box)];
        piled = PiledLetters.Of(page.Glyphs);
        if (pictures.Count > 0)
        {
            foreach (ref readonly PaintedGlyph glyph in page.Glyphs)
            {
                lastInk = glyph.Seen == Seen.Yes ? Math.Max(lastInk, glyph.Style.Order) : lastInk;
            }
        }
    }

    /// <summary>Pictures cover most of the page.</summary>
    public bool IsPicture => pictures.Sum(Visible) >= 0.6 * page.Width * page.Height;

    /// <returns>How the letter at this place of the page's glyphs is hidden; null when it can be seen.</returns>
    public HiddenTextKind? Find(int index)
    {
        ref readonly PaintedGlyph glyph = ref page.Glyphs[index];
        (double x, double y) = ((glyph.Box.Left + glyph.Box.Right) / 2, (glyph.Box.Bottom * 0.7) + (glyph.Box.Top * 0.3));
        if (glyph.Style.Layer is { } layer && layer.IsOff(layersOff))
        {
            return HiddenTextKind.Marked;
        }

        if (glyph.PaintedSize < SmallestReadable)
        {
            return HiddenTextKind.Tiny;
        }

        if (x < -1 || y < -1 || x > page.Width + 1 || y > page.Height + 1)
        {
            return HiddenTextKind.OutOfSight;
        }

        switch (glyph.Seen)
        {
            case Seen.NoInk:
                return pictures.Exists(picture => picture.Holds(x, y, slack: 2)) ? null : HiddenTextKind.Invisible;
            case Seen.Transparent:
                return HiddenTextKind.Invisible;
            case Seen.Clipped:
                return HiddenTextKind.OutOfSight;
        }

        return IsCovered(in glyph, y) || piled?.Contains(index) == true ? HiddenTextKind.Covered
            : !string.IsNullOrWhiteSpace(glyph.Text) && IsLikeItsGround(in glyph, x, y) ? HiddenTextKind.SameColour
            : null;
    }

    /// <summary>The same letter can be seen in this place: what is hidden is its halo or its shadow.</summary>
    public bool IsSeenTwice(int index)
    {
        ref readonly PaintedGlyph hidden = ref page.Glyphs[index];
        if (hidden.Seen != Seen.Yes || hidden.PaintedSize < SmallestReadable || string.IsNullOrWhiteSpace(hidden.Text))
        {
            return false;
        }

        places ??= new Places(page.Glyphs);
        for (int i = 0; i < 9; i++)
        {
            foreach (int other in places.Near(in hidden, (i % 3) - 1, (i / 3) - 1))
            {
                if (other != index && Find(other) is null)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool IsLikeItsGround(in PaintedGlyph glyph, double x, double y)
    {
        if (glyph.Style.Ink is not { Fill: not null } and not { Stroke: not null })
        {
            return false;
        }

        IReadOnlyList<int> near = areas.At(y);
        for (int n = near.Count - 1; n >= 0; n--)
        {
            PaintedArea area = page.Areas[near[n]];
            if (near[n] < glyph.Style.Order && area.Box.Holds(x, y))
            {
                GlyphStyle style = glyph.Style;
                return area.Colour is { } ground ? IsInk(style.Ink, ground, style.Blend) : area.Picture is { } picture && colours.Are(picture, glyph.Box, colour => IsInk(style.Ink, colour, style.Blend));
            }
        }

        // Paper. A page begins transparent, and a blend mode does nothing there: ISO 32000-1, 11.4.7.
        if (!ReferenceEquals(onPaper.Style, glyph.Style))
        {
            onPaper = (glyph.Style, IsInk(glyph.Style.Ink, (1, 1, 1), BlendMode.Normal));
        }

        return onPaper.IsInk;
    }

    /// <summary>Under things that nothing shows through and that were painted later. A picture of the whole page is a scan and shows what stands under it, unless there is nothing in it and the page goes on above it.</summary>
    private bool IsCovered(in PaintedGlyph glyph, double y)
    {
        if (glyph.Style.Order == page.Areas.Count)
        {
            return false;
        }

        double width = glyph.Box.Right - glyph.Box.Left, left = glyph.Box.Left + (width / 4), right = glyph.Box.Right - (width / 4);
        bool leftCovered = false, rightCovered = false;   // perhaps by two
        IReadOnlyList<int> near = areas.At(y);
        for (int n = near.Count - 1; n >= 0 && near[n] >= glyph.Style.Order && !(leftCovered && rightCovered); n--)
        {
            PaintedArea area = page.Areas[near[n]];
            (bool overLeft, bool overRight) = (area.Opaque && area.Box.Holds(left, y), area.Opaque && area.Box.Holds(right, y));
            if ((overLeft || overRight) && !(area.IsPicture && Visible(area.Box) >= ScanShare * page.Width * page.Height && !(near[n] < lastInk && area.Picture is { } picture && colours.IsFlat(picture))))
            {
                (leftCovered, rightCovered) = (leftCovered || overLeft, rightCovered || overRight);
            }
        }

        return leftCovered && rightCovered;
    }

    private double Visible(Box box) => box.And(new Box(0, 0, page.Width, page.Height)).Area;

    private static bool IsInk(in Ink ink, (double Red, double Green, double Blue) ground, BlendMode blend) =>
        (ink.Fill is null || IsSame(ink.Fill.Value, ground, blend)) && (ink.Stroke is null || IsSame(ink.Stroke.Value, ground, blend));

    private static bool IsSame((double Red, double Green, double Blue) ink, (double Red, double Green, double Blue) ground, BlendMode blend) =>
        Math.Abs(Blended(ink.Red, ground.Red, blend) - ground.Red) <= SameColour && Math.Abs(Blended(ink.Green, ground.Green, blend) - ground.Green) <= SameColour
        && Math.Abs(Blended(ink.Blue, ground.Blue, blend) - ground.Blue) <= SameColour;

    /// <summary>ISO 32000-1, table 136; not a number for the modes that are not reckoned here, and so like nothing.</summary>
    private static double Blended(double ink, double ground, BlendMode mode) => mode switch
    {
        BlendMode.Normal => ink,
        BlendMode.Multiply => ink * ground,
        BlendMode.Screen => ink + ground - (ink * ground),
        BlendMode.Darken => Math.Min(ink, ground),
        BlendMode.Lighten => Math.Max(ink, ground),
        BlendMode.Difference => Math.Abs(ink - ground),
        BlendMode.Exclusion => ink + ground - (2 * ink * ground),
        _ => double.NaN,
    };
}
