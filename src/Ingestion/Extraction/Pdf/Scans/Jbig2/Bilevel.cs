namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>A picture of two levels, a byte for each pixel: 1 is black.</summary>
internal sealed class Bilevel(int width, int height)
{
    public int Width => width;

    public int Height => height;

    /// <summary>(row * Width) + column.</summary>
    public byte[] Pixels { get; } = new byte[width * height];

    /// <summary>White outside.</summary>
    public int this[int x, int y] => (uint)x < (uint)width && (uint)y < (uint)height ? Pixels[(y * width) + x] : 0;

    public ReadOnlySpan<byte> Row(int y) => Pixels.AsSpan(y * width, width);

    /// <summary>Lays another one over this one; what hangs over the edge is cut.</summary>
    /// <param name="how">0 or, 1 and, 2 exclusive or, 3 its opposite, 4 in place of what was there.</param>
    public void Lay(Bilevel piece, int left, int top, int how)
    {
        // What lies far outside does not come back by an overflow.
        if (left >= width || top >= height || left <= -piece.Width || top <= -piece.Height)
        {
            return;
        }

        int from = Math.Max(0, -left), until = Math.Min(piece.Width, width - left);
        for (int y = Math.Max(0, -top); y < Math.Min(piece.Height, height - top); y++)
        {
            Span<byte> under = Pixels.AsSpan(((top + y) * width) + left + from, until - from);
            ReadOnlySpan<byte> over = piece.Row(y)[from..until];
            for (int x = 0; x < over.Length; x++)
            {
                under[x] = how switch
                {
                    0 => (byte)(under[x] | over[x]),
                    1 => (byte)(under[x] & over[x]),
                    2 => (byte)(under[x] ^ over[x]),
                    3 => (byte)(under[x] ^ over[x] ^ 1),
                    _ => over[x],
                };
            }
        }
    }

    /// <summary>A part of it, white where it is asked for more than there is.</summary>
    public Bilevel Cut(int left, int top, int across, int down)
    {
        var cut = new Bilevel(across, down);
        cut.Lay(this, -left, -top, 4);
        return cut;
    }

    /// <summary>Eight pixels a byte, 0 is black, rows at whole bytes: as PDF has it.</summary>
    public byte[] Pack()
    {
        int row = (width + 7) / 8;
        byte[] packed = new byte[row * height];
        packed.AsSpan().Fill(0xFF);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> pixels = Row(y);
            for (int x = 0; x < width; x++)
            {
                packed[(y * row) + (x >> 3)] ^= (byte)(pixels[x] << (7 - (x & 7)));
            }
        }

        return packed;
    }
}

/// <summary>No such stream, or one that asks for too much.</summary>
/// <param name="trouble">Why.</param>
internal sealed class Jbig2Exception(Ocr.ScanTrouble trouble = Ocr.ScanTrouble.Damaged) : Exception
{
    public Ocr.ScanTrouble Trouble => trouble;
}

/// <summary>How much work a stream may still ask for, in pixels: a symbol of millions of them may be laid down millions of times.</summary>
internal sealed class PixelBudget(long left)
{
    public const int DecodedPixel = 4;   // as long as so many that are only laid down

    /// <exception cref="Jbig2Exception">Too much.</exception>
    public void Take(long width, long height, int each = 1)
    {
        const int most = 32_000;
        if (width is < 0 or > most || height is < 0 or > most || (left -= (width * height * each) + 16) < 0)
        {
            throw new Jbig2Exception(Ocr.ScanTrouble.TooLarge);
        }
    }
}
