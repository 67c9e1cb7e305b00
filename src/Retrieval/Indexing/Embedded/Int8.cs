using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>How the dot products are computed. All ways give the same integers.</summary>
internal enum Int8Path
{
    Scalar,
    Vector128,
    Avx2,
    Avx512,
}

/// <summary>
/// Vectors of signed bytes and their dot products. A component is at most 127 in size, so a product fits 16 bits and two of them 32:
/// nothing saturates and nothing wraps, unlike vpmaddubsw with its 16-bit sums or a sum kept in bytes.
/// </summary>
internal static unsafe class Int8
{
    /// <summary>Stored vectors are padded with zeros to a multiple of this: one cache line.</summary>
    public const int Lane = 64;

    public static Int8Path Fastest =>
        Avx512BW.IsSupported ? Int8Path.Avx512 : Avx2.IsSupported ? Int8Path.Avx2 : Vector128.IsHardwareAccelerated ? Int8Path.Vector128 : Int8Path.Scalar;

    public static int Stride(int dimensions) => checked((dimensions + Lane - 1) / Lane * Lane);

    /// <summary>Writes round(v / scale) with scale = max |v| / 127, and zeros behind it.</summary>
    /// <returns>The scale; 0, with only zeros written, where a component is not a number or all are 0.</returns>
    public static float Quantise(ReadOnlySpan<float> vector, Span<sbyte> target)
    {
        target.Clear();
        var largest = vector.IsEmpty ? 0 : MathF.Abs(TensorPrimitives.MaxMagnitude(vector));   // NaN where any component is
        var scale = largest / 127;
        if (!float.IsFinite(largest) || scale == 0 || !float.IsFinite(1 / scale))
        {
            return 0;
        }

        for (var i = 0; i < vector.Length; i++)
        {
            target[i] = (sbyte)Math.Clamp(MathF.Round(vector[i] / scale), -127, 127);
        }

        return scale;
    }

    /// <param name="vectors">(count, stride)</param>
    /// <param name="stride">A multiple of <see cref="Lane"/>.</param>
    /// <param name="query">One quantised vector, widened to 16 bits, of length <paramref name="stride"/>.</param>
    /// <param name="results">One for each vector.</param>
    public static void Dots(Int8Path path, sbyte* vectors, int stride, int count, short* query, int* results)
    {
        switch (path)
        {
            case Int8Path.Avx512:
                for (var i = 0; i < count; i++)
                {
                    results[i] = Dot512(vectors + ((long)i * stride), query, stride);
                }

                break;
            case Int8Path.Avx2:
                for (var i = 0; i < count; i++)
                {
                    results[i] = Dot256(vectors + ((long)i * stride), query, stride);
                }

                break;
            case Int8Path.Vector128:
                for (var i = 0; i < count; i++)
                {
                    results[i] = Dot128(vectors + ((long)i * stride), query, stride);
                }

                break;
            default:
                for (var i = 0; i < count; i++)
                {
                    results[i] = DotScalar(vectors + ((long)i * stride), query, stride);
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Dot512(sbyte* vector, short* query, int stride)
    {
        var (even, odd) = (Vector512<int>.Zero, Vector512<int>.Zero);   // two sums, so that neither waits for the other
        for (var i = 0; i < stride; i += 64)
        {
            even += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(vector + i)), Vector512.Load(query + i));
            odd += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(vector + i + 32)), Vector512.Load(query + i + 32));
        }

        return Vector512.Sum(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Dot256(sbyte* vector, short* query, int stride)
    {
        var (even, odd) = (Vector256<int>.Zero, Vector256<int>.Zero);
        for (var i = 0; i < stride; i += 32)
        {
            even += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(vector + i)), Vector256.Load(query + i));
            odd += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(vector + i + 16)), Vector256.Load(query + i + 16));
        }

        return Vector256.Sum(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Dot128(sbyte* vector, short* query, int stride)
    {
        var sum = Vector128<int>.Zero;
        for (var i = 0; i < stride; i += 16)
        {
            var (lower, upper) = Vector128.Widen(Vector128.Load(vector + i));
            lower *= Vector128.Load(query + i);
            upper *= Vector128.Load(query + i + 8);
            sum += Vector128.WidenLower(lower) + Vector128.WidenUpper(lower) + Vector128.WidenLower(upper) + Vector128.WidenUpper(upper);
        }

        return Vector128.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DotScalar(sbyte* vector, short* query, int stride)
    {
        var sum = 0;
        for (var i = 0; i < stride; i++)
        {
            sum += vector[i] * query[i];
        }

        return sum;
    }
}
