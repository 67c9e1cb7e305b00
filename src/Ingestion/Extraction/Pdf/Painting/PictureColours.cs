using Rag.Ingestion.Extraction.Pdf.Scans;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Graphics.Colors;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Colours of a page's pictures under its letters. A picture is unpacked when a letter stands on it, and only while the page's share lasts; JPEG is not.</summary>
internal sealed class PictureColours
{
    private const long MostBytes = 16 * 1024 * 1024;   // unpacked, of a page
    private const int Steps = 8;                       // looks into a picture along each side of a letter

    private readonly Dictionary<PaintedPicture, Samples?> opened = new(ReferenceEqualityComparer.Instance);
    private long left = MostBytes;

    /// <summary>All of the picture under the box is what <paramref name="like"/> says.</summary>
    public bool Are(PaintedPicture picture, Box box, Func<(double Red, double Green, double Blue), bool> like)
    {
        if (Open(picture) is not { } samples)
        {
            return false;
        }

        (PdfPoint corner, PdfPoint right, PdfPoint down) = (picture.Corners.TopLeft, picture.Corners.TopRight, picture.Corners.BottomLeft);
        (double ax, double ay, double bx, double by) = (right.X - corner.X, right.Y - corner.Y, down.X - corner.X, down.Y - corner.Y);
        double area = (ax * by) - (ay * bx);
        int seen = 0;
        for (int i = 0; i <= Steps * Steps && Math.Abs(area) > 1e-6; i++)
        {
            double x = box.Left + ((box.Right - box.Left) * (i % Steps) / (Steps - 1)) - corner.X, y = box.Bottom + ((box.Top - box.Bottom) * (i / Steps) / (Steps - 1)) - corner.Y;
            double u = ((x * by) - (y * bx)) / area, v = ((y * ax) - (x * ay)) / area;
            if (u is >= 0 and < 1 && v is >= 0 and < 1)
            {
                seen++;
                if (samples.At((int)(u * samples.Width), (int)(v * samples.Height)) is not { } colour || !like(colour))
                {
                    return false;
                }
            }
        }

        return seen > 0;
    }

    /// <summary>It has one colour from edge to edge, so nothing is written in it.</summary>
    public bool IsFlat(PaintedPicture picture) => Open(picture)?.IsFlat ?? false;

    private Samples? Open(PaintedPicture picture)
    {
        if (!opened.TryGetValue(picture, out Samples? samples))
        {
            try
            {
                IPdfImage image = picture.Open();
                samples = PictureDecoder.IsFile(image) ? null : Samples.Of(PictureDecoder.Unfold(image, left, fax: false), image);
                left -= samples?.Bytes.Length ?? 0;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                samples = null;   // broken, or too large
            }

            opened[picture] = samples;
        }

        return samples;
    }

    private sealed class Samples(UnfoldedPicture picture, ColorSpaceDetails space, IReadOnlyList<double> decode)
    {
        private readonly Dictionary<int, (double, double, double)?> colours = [];
        private bool? isFlat;

        public Memory<byte> Bytes => picture.Samples;
        public int Width => picture.Width;
        public int Height => picture.Height;
        public bool IsFlat => isFlat ??= Flat();

        public static Samples? Of(UnfoldedPicture picture, IPdfImage image) =>
            image.ColorSpaceDetails is { } space && !image.IsImageMask && picture.Bits <= 8 ? new Samples(picture, space, [.. image.Decode ?? []]) : null;

        public (double Red, double Green, double Blue)? At(int x, int y)
        {
            Span<double> values = stackalloc double[picture.Components];
            int key = 0, highest = (1 << picture.Bits) - 1;
            bool indexed = space.Type == ColorSpace.Indexed;
            for (int c = 0; c < values.Length; c++)
            {
                int bit = ((x * picture.Components) + c) * picture.Bits, at = (y * picture.Row) + (bit / 8);
                if (at >= Bytes.Length)
                {
                    return null;
                }

                int raw = (Bytes.Span[at] >> (8 - picture.Bits - (bit % 8))) & highest;
                key = (key << 8) | raw;
                values[c] = indexed ? raw : decode.Count >= 2 * values.Length ? decode[2 * c] + ((decode[(2 * c) + 1] - decode[2 * c]) * raw / highest) : raw / (double)highest;
            }

            if (!colours.TryGetValue(key, out var colour) && colours.Count < 100_000)
            {
                colours[key] = colour = space.GetColor(values)?.ToRGBValues();
            }

            return colour;
        }

        private bool Flat()
        {
            const int noise = 3;
            ReadOnlySpan<byte> all = Bytes.Span;
            int step = picture.Bits == 8 ? picture.Components : 1, most = picture.Bits == 8 && space.Type != ColorSpace.Indexed ? noise : 0;
            for (int i = step; i < all.Length; i++)
            {
                if (Math.Abs(all[i] - all[i % step]) > most)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
