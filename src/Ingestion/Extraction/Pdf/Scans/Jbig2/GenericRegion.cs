namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>A region pixel by pixel, each guessed from those around it that are known. Source: ITU-T T.88, 6.2.</summary>
/// <param name="template">0 to 3: which pixels those are.</param>
/// <param name="typical">Rows that are like the one before are said to be.</param>
/// <param name="places">Of the movable ones among them, from the pixel at hand: four for template 0, else one.</param>
internal sealed class GenericRegion(int template, bool typical, (int X, int Y)[] places)
{
    /// <summary>Whatever the template: of so many contexts.</summary>
    public const int Contexts = 1 << 16;

    // Pixels known in the row itself; in the row above: how many, and how far they reach to the right; in the row above that, the same; the bits of each begin where.
    private static readonly (int Own, int Above, int Right, int Second, int SecondRight, int AboveAt, int SecondAt, int[] Movable, int Same)[] Templates =
    [
        (4, 5, 2, 3, 1, 5, 12, [4, 10, 11, 15], 0x9B25),
        (3, 5, 2, 4, 2, 4, 9, [3], 0x0795),
        (2, 4, 1, 3, 1, 3, 7, [2], 0x00E5),
        (4, 5, 1, 0, 0, 5, 10, [4], 0x0195),
    ];

    /// <summary>How many movable pixels a template has.</summary>
    public static int Movable(int template) => template == 0 ? 4 : 1;

    public Bilevel Decode(int width, int height, ArithmeticDecoder decoder, byte[] contexts, PixelBudget budget)
    {
        budget.Take(width, height, PixelBudget.DecodedPixel);
        var region = new Bilevel(width, height);
        var (own, above, right, second, secondRight, aboveAt, secondAt, movable, same) = Templates[template];
        (int ownMask, int aboveMask, int secondMask) = ((1 << own) - 1, (1 << above) - 1, (1 << second) - 1);
        bool asBefore = false;
        for (int y = 0; y < height; y++)
        {
            if (typical && decoder.Bit(contexts, same) == 1)
            {
                asBefore = !asBefore;
            }

            Span<byte> row = region.Pixels.AsSpan(y * width, width);
            ReadOnlySpan<byte> first = y > 0 ? region.Row(y - 1) : default, next = y > 1 ? region.Row(y - 2) : default;
            if (asBefore)
            {
                first.CopyTo(row);
                continue;
            }

            int known = 0, over = 0, far = 0;
            for (int x = 0; x < right; x++)
            {
                over = (over << 1) | At(first, x);
            }

            for (int x = 0; x < secondRight; x++)
            {
                far = (far << 1) | At(next, x);
            }

            for (int x = 0; x < width; x++)
            {
                over = ((over << 1) | At(first, x + right)) & aboveMask;
                far = ((far << 1) | At(next, x + secondRight)) & secondMask;
                int context = known | (over << aboveAt) | (far << secondAt);
                for (int i = 0; i < movable.Length; i++)
                {
                    context |= region[x + places[i].X, y + places[i].Y] << movable[i];
                }

                int bit = decoder.Bit(contexts, context);
                row[x] = (byte)bit;
                known = ((known << 1) | bit) & ownMask;
            }
        }

        return region;
    }

    private static int At(ReadOnlySpan<byte> row, int x) => x < row.Length ? row[x] : 0;
}
