using Rag.Ingestion.Extraction.Pdf.Painting;
using Rag.Retrieval.Knowledge;

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

    public HiddenText(PaintedPage page, IReadOnlySet<string> layersOff)
    {
        areas = new AreasByHeight(page);
        (this.page, this.layersOff) = (page, layersOff);
        pictures = [.. page.Areas.Where(area => area.IsPicture).Select(area => area.Box)];
    }

    /// <summary>Pictures cover most of the page.</summary>
    public bool IsPicture => pictures.Sum(Visible) >= 0.6 * page.Width * page.Height;

    /// <returns>How the letter is hidden; null when it can be seen.</returns>
    public HiddenTextKind? Find(PaintedGlyph glyph)
    {
        (double x, double y) = ((glyph.Box.Left + glyph.Box.Right) / 2, (glyph.Box.Bottom * 0.7) + (glyph.Box.Top * 0.3));
        if (glyph.Style.Layer is { } layer && layersOff.Contains(layer))
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

        return IsCovered(glyph, y) ? HiddenTextKind.Covered
            : !string.IsNullOrWhiteSpace(glyph.Text) && IsLikeItsGround(glyph, x, y) ? HiddenTextKind.SameColour
            : null;
    }

    private bool IsLikeItsGround(PaintedGlyph glyph, double x, double y)
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
                return area.Colour is { } ground && IsInk(glyph.Style.Ink, ground);
            }
        }

        return IsInk(glyph.Style.Ink, (1, 1, 1));   // paper
    }

    /// <summary>Under something that nothing shows through and that was painted later; a picture of the whole page is a scan and shows what stands under it.</summary>
    private bool IsCovered(PaintedGlyph glyph, double y)
    {
        if (glyph.Style.Order == page.Areas.Count)
        {
            return false;
        }

        double width = glyph.Box.Right - glyph.Box.Left;
        IReadOnlyList<int> near = areas.At(y);
        for (int n = near.Count - 1; n >= 0 && near[n] >= glyph.Style.Order; n--)
        {
            PaintedArea area = page.Areas[near[n]];
            if (area.Opaque && area.Box.Holds(glyph.Box.Left + (width / 4), y) && area.Box.Holds(glyph.Box.Right - (width / 4), y)
                && !(area.IsPicture && Visible(area.Box) >= ScanShare * page.Width * page.Height))
            {
                return true;
            }
        }

        return false;
    }

    private double Visible(Box box) => box.And(new Box(0, 0, page.Width, page.Height)).Area;

    private static bool IsInk(Ink ink, (double Red, double Green, double Blue) ground) =>
        (ink.Fill is null || IsSame(ink.Fill.Value, ground)) && (ink.Stroke is null || IsSame(ink.Stroke.Value, ground));

    private static bool IsSame((double Red, double Green, double Blue) one, (double Red, double Green, double Blue) other) =>
        Math.Abs(one.Red - other.Red) <= SameColour && Math.Abs(one.Green - other.Green) <= SameColour && Math.Abs(one.Blue - other.Blue) <= SameColour;
}
