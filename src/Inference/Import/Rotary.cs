namespace Rag.Inference.Import;

/// <summary>Rotary position embedding (Su et al. 2021): pair <c>i</c> of a head of <c>n</c> numbers turns by <c>position × base^(−2i/n)</c>.</summary>
internal static class Rotary
{
    /// <param name="scale">Positions are divided by it.</param>
    /// <param name="factors">Llama 3's, one per pair: its frequency is divided by it; null: none.</param>
    /// <exception cref="FormatException">A factor is not above 0.</exception>
    public static double[] Frequencies(double frequencyBase, int headSize, double scale, float[]? factors)
    {
        var frequencies = new double[headSize / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            var factor = factors?[i] ?? 1;
            if (factor <= 0)
            {
                throw new FormatException("its rope_freqs.weight holds a factor that is not above 0; it is damaged");
            }

            frequencies[i] = Math.Pow(frequencyBase, -2.0 * i / headSize) / scale / factor;
        }

        return frequencies;
    }

    /// <summary>Where a row of a head's weights lies among those of <see cref="DecoderShape.RotatesNeighbours"/>: halves take the even rows first, then the odd ones.</summary>
    public static int NeighbourRow(int row, int headSize)
    {
        var (head, within, half) = (row / headSize * headSize, row % headSize, headSize / 2);
        return head + (2 * (within % half)) + (within / half);
    }
}
