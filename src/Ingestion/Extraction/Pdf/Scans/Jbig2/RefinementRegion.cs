namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>A region that is nearly like another one. Source: ITU-T T.88, 6.3.</summary>
/// <param name="template">0 or 1: which pixels are looked at.</param>
/// <param name="typical">Pixels amid nine of one level may be said to be like them.</param>
/// <param name="places">Of the two movable ones of template 0, from the pixel at hand: in this region, in the other one.</param>
internal sealed class RefinementRegion(int template, bool typical, (int X, int Y)[] places)
{
    public const int Contexts = 1 << 13;

    /// <param name="like">The other one.</param>
    /// <param name="left">Where its top left corner lies in this one.</param>
    public Bilevel Decode(int width, int height, Bilevel like, int left, int top, ArithmeticDecoder decoder, byte[] contexts, PixelBudget budget)
    {
        budget.Take(width, height, 2 * PixelBudget.DecodedPixel);
        var region = new Bilevel(width, height);
        bool guess = false;
        for (int y = 0; y < height; y++)
        {
            if (typical && decoder.Bit(contexts, template == 0 ? 0x100 : 0x80) == 1)
            {
                guess = !guess;
            }

            for (int x = 0; x < width; x++)
            {
                // In long, as the corner may be anywhere: what overflows is outside.
                (int u, int v) = (Clamp((long)x - left), Clamp((long)y - top));
                region.Pixels[(y * width) + x] = (byte)(guess && Around(like, u, v) is { } sure ? sure : decoder.Bit(contexts, Context(region, like, x, y, u, v)));
            }
        }

        return region;
    }

    private int Context(Bilevel region, Bilevel like, int x, int y, int u, int v)
    {
        int context = region[x - 1, y] | (region[x + 1, y - 1] << 1) | (region[x, y - 1] << 2);
        return template == 0
            ? context | (region[x + places[0].X, y + places[0].Y] << 3)
                | (like[u + 1, v + 1] << 4) | (like[u, v + 1] << 5) | (like[u - 1, v + 1] << 6) | (like[u + 1, v] << 7) | (like[u, v] << 8) | (like[u - 1, v] << 9)
                | (like[u + 1, v - 1] << 10) | (like[u, v - 1] << 11) | (like[u + places[1].X, v + places[1].Y] << 12)
            : context | (region[x - 1, y - 1] << 3)
                | (like[u + 1, v + 1] << 4) | (like[u, v + 1] << 5) | (like[u + 1, v] << 6) | (like[u, v] << 7) | (like[u - 1, v] << 8) | (like[u, v - 1] << 9);
    }

    /// <returns>The level of nine pixels that are alike; null where they are not.</returns>
    private static int? Around(Bilevel like, int x, int y)
    {
        int black = 0;
        for (int i = 0; i < 9; i++)
        {
            black += like[x - 1 + (i % 3), y - 1 + (i / 3)];
        }

        return black == 0 ? 0 : black == 9 ? 1 : null;
    }

    private static int Clamp(long at) => (int)Math.Clamp(at, -1_000_000, 1_000_000);
}
