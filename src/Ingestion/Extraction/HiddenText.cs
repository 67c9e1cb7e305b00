using Rag.Retrieval.Knowledge;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Graphics.Colors;

namespace Rag.Ingestion.Extraction;

/// <summary>
/// Tells letters that a reader can see from those hidden in the page. A first version: what is plainly invisible stays out of the
/// index; when in doubt a letter counts as visible. Text recognised over a scan is visible by its image.
/// </summary>
internal sealed class HiddenText(Page page)
{
    private const double SmallestReadable = 1.5;   // points
    private const double NearlyWhite = 0.97;

    private List<PdfRectangle>? images;
    private List<PdfRectangle>? darkAreas;

    /// <returns>How the letter is hidden; null when it can be seen.</returns>
    public HiddenTextKind? Find(Letter letter)
    {
        PdfPoint place = letter.StartBaseLine;
        if (letter.PointSize < SmallestReadable)
        {
            return HiddenTextKind.Tiny;
        }

        if (place.X < -1 || place.Y < -1 || place.X > page.Width + 1 || place.Y > page.Height + 1)
        {
            return HiddenTextKind.OutOfSight;
        }

        return letter.RenderingMode switch
        {
            TextRenderingMode.Neither or TextRenderingMode.NeitherClip => IsOver(images ??= Images(), letter) ? null : HiddenTextKind.Invisible,
            TextRenderingMode.Fill or TextRenderingMode.FillClip when IsWhite(letter.FillColor) => IsOver(darkAreas ??= DarkAreas(), letter) ? null : HiddenTextKind.SameColour,
            _ => null,
        };
    }

    /// <summary>Pictures cover most of the page.</summary>
    public bool IsPicture
    {
        get
        {
            const double most = 0.6;
            double area = (images ??= Images()).Sum(image => Math.Abs(image.Width * image.Height));
            return area >= most * page.Width * page.Height;
        }
    }

    private static bool IsWhite(IColor? color)
    {
        if (color is null or PatternColor)
        {
            return false;
        }

        (double red, double green, double blue) = color.ToRGBValues();
        return red > NearlyWhite && green > NearlyWhite && blue > NearlyWhite;
    }

    private static bool IsOver(List<PdfRectangle> areas, Letter letter)
    {
        PdfPoint place = letter.StartBaseLine;
        double up = letter.PointSize / 4;
        return areas.Exists(area => place.X >= area.Left - 2 && place.X <= area.Right + 2 && place.Y + up >= area.Bottom && place.Y + up <= area.Top);
    }

    private List<PdfRectangle> Images() => [.. page.GetImages().Select(image => image.BoundingBox)];

    /// <summary>Filled shapes that are not white, and images: white letters on them can be read.</summary>
    private List<PdfRectangle> DarkAreas()
    {
        List<PdfRectangle> areas = Images();
        foreach (var path in page.Paths)
        {
            if (path.IsFilled && !IsWhite(path.FillColor) && path.GetBoundingRectangle() is { } bounds)
            {
                areas.Add(bounds);
            }
        }

        return areas;
    }
}
