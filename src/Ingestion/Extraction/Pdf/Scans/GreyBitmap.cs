using System.Globalization;
using System.Text;

namespace Rag.Ingestion.Extraction.Pdf.Scans;

/// <summary>A picture in shades of grey, row by row from the top left corner; 0 is black.</summary>
internal sealed class GreyBitmap(int width, int height, byte[] pixels)
{
    /// <summary>A page of A4 at 600 dpi, with margin.</summary>
    public const long MostPixels = 40_000_000;

    public int Width => width;

    public int Height => height;

    /// <summary>(row * Width) + column.</summary>
    public byte[] Pixels => pixels;

    public static GreyBitmap White(int width, int height)
    {
        var bitmap = new GreyBitmap(width, height, new byte[width * height]);
        bitmap.Pixels.AsSpan().Fill(255);
        return bitmap;
    }

    public GreyBitmap Turned(Stand stand)
    {
        if (stand == default)
        {
            return this;
        }

        (int across, int down) = stand.Transposed ? (height, width) : (width, height);
        byte[] turned = new byte[pixels.Length];
        for (int y = 0, to = 0; y < down; y++)
        {
            int v = stand.FlipY ? down - 1 - y : y;
            for (int x = 0; x < across; x++)
            {
                int u = stand.FlipX ? across - 1 - x : x;
                turned[to++] = pixels[stand.Transposed ? (u * width) + v : (v * width) + u];
            }
        }

        return new GreyBitmap(across, down, turned);
    }

    /// <summary>Each two by two pixels become their mean: the engine gains nothing from more than it was trained on, and takes four times as long.</summary>
    public GreyBitmap Halved()
    {
        int across = Math.Max(1, width / 2), down = Math.Max(1, height / 2);
        byte[] half = new byte[across * down];
        for (int y = 0, to = 0; y < down; y++)
        {
            int upper = Math.Min(2 * y, height - 1) * width, lower = Math.Min((2 * y) + 1, height - 1) * width;
            for (int x = 0; x < across; x++)
            {
                int left = Math.Min(2 * x, width - 1), right = Math.Min((2 * x) + 1, width - 1);
                half[to++] = (byte)((pixels[upper + left] + pixels[upper + right] + pixels[lower + left] + pixels[lower + right] + 2) / 4);
            }
        }

        return new GreyBitmap(across, down, half);
    }

    /// <summary>Lays another one over this one; what hangs over the edge is cut.</summary>
    /// <param name="stencil">Only what is darker shows.</param>
    public void Lay(GreyBitmap piece, int left, int top, bool stencil)
    {
        int from = Math.Max(0, -left), until = Math.Min(piece.Width, width - left);
        for (int y = Math.Max(0, -top); y < Math.Min(piece.Height, height - top) && from < until; y++)
        {
            Span<byte> under = pixels.AsSpan(((top + y) * width) + left + from, until - from);
            ReadOnlySpan<byte> over = piece.Pixels.AsSpan((y * piece.Width) + from, until - from);
            if (!stencil)
            {
                over.CopyTo(under);
                continue;
            }

            for (int x = 0; x < over.Length; x++)
            {
                under[x] = Math.Min(under[x], over[x]);
            }
        }
    }

    /// <summary>As a PGM file. Source: https://netpbm.sourceforge.net/doc/pgm.html</summary>
    public byte[] ToFile() => [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P5\n{width} {height}\n255\n")), .. pixels];
}

/// <summary>How a picture must be turned to stand as its page does: first rows and columns change places, then left and right, top and bottom.</summary>
internal readonly record struct Stand(bool Transposed, bool FlipX, bool FlipY)
{
    /// <summary>No turning brings it upright, only a mirror.</summary>
    public bool IsMirrored => Transposed ^ FlipX ^ FlipY;
}
