using System.Numerics.Tensors;

namespace Rag.Inference.Import;

/// <summary>
/// Rounds rows to the blocks of ONNX Runtime's <c>MatMulNBits</c>: of a row of <c>columns</c> numbers every block has a scale, and a number is (code − zero) × scale. With 8 bits
/// the zero is always 128 and the largest number is 127 scales away. With 4 bits the zero is chosen per block: 8 as in ggml's Q4_0, whose blocks come out
/// unchanged, or where the range from least to largest number puts it, whichever rounds better. Not for two threads at once.
/// </summary>
/// <param name="bits">8 or 4.</param>
/// <param name="block">Numbers per block; an even one. The last block of a row may hold fewer: it is filled with zeros.</param>
internal sealed class BlockQuantizer(int bits, int block, int columns)
{
    private readonly float[] padded = new float[(columns + block - 1) / block * block];
    private readonly byte[] trial = new byte[block];
    private readonly byte[] best = new byte[block];

    public int Bits => bits;

    public int Block => block;

    public int Columns => columns;

    /// <summary>Blocks of a row, and so its scales.</summary>
    public int Blocks => padded.Length / block;

    /// <summary>Bytes of a row's codes.</summary>
    public int CodeBytes => padded.Length * bits / 8;

    /// <summary>Bytes of a row's zeros: two of 4 bits in one; none with 8 bits.</summary>
    public int ZeroBytes => bits == 4 ? (Blocks + 1) / 2 : 0;

    /// <param name="row">Finite numbers.</param>
    public void Quantize(ReadOnlySpan<float> row, Span<byte> codes, Span<float> scales, Span<byte> zeros)
    {
        row.CopyTo(padded);
        zeros.Clear();
        for (var i = 0; i < Blocks; i++)
        {
            var numbers = padded.AsSpan(i * block, block);
            if (bits == 8)
            {
                scales[i] = Eight(numbers, codes.Slice(i * block, block));
                continue;
            }

            (scales[i], var zero) = Four(numbers);
            zeros[i / 2] |= (byte)(zero << (i % 2 * 4));
            for (var pair = 0; pair < block / 2; pair++)
            {
                codes[(i * block / 2) + pair] = (byte)(best[2 * pair] | (best[(2 * pair) + 1] << 4));
            }
        }
    }

    private static float Eight(ReadOnlySpan<float> numbers, Span<byte> codes)
    {
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(numbers));
        var scale = largest / 127;
        var inverse = largest > 1e-30f ? 127 / largest : 0;   // below, the inverse would not be finite, and such a number is none
        for (var i = 0; i < numbers.Length; i++)
        {
            codes[i] = (byte)((numbers[i] * inverse) + 128.5f);   // above 0, so cutting is rounding
        }

        return inverse == 0 ? 0 : scale;
    }

    private (float Scale, int Zero) Four(ReadOnlySpan<float> numbers)
    {
        var furthest = TensorPrimitives.MaxMagnitude(numbers);   // with its sign
        if (MathF.Abs(furthest) < 1e-30f)
        {
            Array.Fill(best, (byte)8);
            return (0, 8);
        }

        var scale = furthest / -8;   // the side of the furthest number has one step more
        var error = Round(numbers, scale, 8);
        trial.CopyTo(best, 0);
        var (least, most) = (MathF.Min(0, TensorPrimitives.Min(numbers)), MathF.Max(0, TensorPrimitives.Max(numbers)));
        var ranged = (most / 15) - (least / 15);
        var zero = (int)MathF.Round(-least / ranged);
        if (Round(numbers, ranged, zero) >= error)
        {
            return (scale, 8);
        }

        trial.CopyTo(best, 0);
        return (ranged, zero);
    }

    // Into trial; the sum of squared errors, in squared scales so that nothing overflows.
    private double Round(ReadOnlySpan<float> numbers, float scale, int zero)
    {
        var inverse = 1 / scale;
        var error = 0.0;
        for (var i = 0; i < numbers.Length; i++)
        {
            var wanted = (numbers[i] * inverse) + zero;
            var code = Math.Clamp((int)(wanted + 0.5f), 0, 15);
            trial[i] = (byte)code;
            var off = (double)(wanted - code) * scale;
            error += off * off;
        }

        return error;
    }
}
