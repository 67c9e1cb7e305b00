using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Rag.Inference.Import;

/// <summary>
/// Decodes ggml's blocks. <c>d</c> is a block's scale, <c>m</c> its least number, both fp16; of a pair of 4-bit codes in a byte the low one belongs to the first half
/// of the elements, the high one to the second. The K types have 256 elements in sub-blocks with scales of their own. Layouts: ggml's <c>ggml-common.h</c>.
/// </summary>
internal static class GgufBlocks
{
    public static void F32(ReadOnlySpan<byte> blocks, Span<float> numbers) => blocks.CopyTo(MemoryMarshal.AsBytes(numbers));

    public static void F16(ReadOnlySpan<byte> blocks, Span<float> numbers) => TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(blocks), numbers);

    public static void BF16(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(blocks[(2 * i)..]) << 16);   // the upper half of an fp32
        }
    }

    // d, 16 bytes of codes: (code − 8) d
    public static void Q40(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; numbers.Length > 0; blocks = blocks[18..], numbers = numbers[32..])
        {
            var d = Real(blocks);
            for (var i = 0; i < 16; i++)
            {
                numbers[i] = ((blocks[2 + i] & 15) - 8) * d;
                numbers[16 + i] = ((blocks[2 + i] >> 4) - 8) * d;
            }
        }
    }

    // d, m, 16 bytes of codes: code × d + m
    public static void Q41(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; numbers.Length > 0; blocks = blocks[20..], numbers = numbers[32..])
        {
            var (d, m) = (Real(blocks), Real(blocks[2..]));
            for (var i = 0; i < 16; i++)
            {
                numbers[i] = ((blocks[4 + i] & 15) * d) + m;
                numbers[16 + i] = ((blocks[4 + i] >> 4) * d) + m;
            }
        }
    }

    // d, the fifth bit of each code in 32 bits, 16 bytes of codes: (code − 16) d
    public static void Q50(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; numbers.Length > 0; blocks = blocks[22..], numbers = numbers[32..])
        {
            var d = Real(blocks);
            var fifth = BinaryPrimitives.ReadUInt32LittleEndian(blocks[2..]);
            for (var i = 0; i < 16; i++)
            {
                numbers[i] = (((blocks[6 + i] & 15) | (int)((fifth >> i) & 1) << 4) - 16) * d;
                numbers[16 + i] = (((blocks[6 + i] >> 4) | (int)((fifth >> (i + 16)) & 1) << 4) - 16) * d;
            }
        }
    }

    // d, m, fifth bits, codes: code × d + m
    public static void Q51(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; numbers.Length > 0; blocks = blocks[24..], numbers = numbers[32..])
        {
            var (d, m) = (Real(blocks), Real(blocks[2..]));
            var fifth = BinaryPrimitives.ReadUInt32LittleEndian(blocks[4..]);
            for (var i = 0; i < 16; i++)
            {
                numbers[i] = (((blocks[8 + i] & 15) | (int)((fifth >> i) & 1) << 4) * d) + m;
                numbers[16 + i] = (((blocks[8 + i] >> 4) | (int)((fifth >> (i + 16)) & 1) << 4) * d) + m;
            }
        }
    }

    // d, 32 signed bytes: code × d
    public static void Q80(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; numbers.Length > 0; blocks = blocks[34..], numbers = numbers[32..])
        {
            var d = Real(blocks);
            for (var i = 0; i < 32; i++)
            {
                numbers[i] = (sbyte)blocks[2 + i] * d;
            }
        }
    }

    // d, m, 8 scales and 8 minima of 6 bits in 12 bytes, 128 bytes of codes: code × (d × scale) − (m × minimum)
    public static void Q4K(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; numbers.Length > 0; blocks = blocks[144..], numbers = numbers[256..])
        {
            for (var part = 0; part < 8; part++)
            {
                var (scale, least) = SubBlock(blocks, part);
                var codes = blocks.Slice(16 + (part / 2 * 32), 32);
                for (var i = 0; i < 32; i++)
                {
                    numbers[(part * 32) + i] = (scale * ((part & 1) == 0 ? codes[i] & 15 : codes[i] >> 4)) - least;
                }
            }
        }
    }

    // As Q4_K, with 32 bytes of fifth bits before the codes: bit n of byte i belongs to element i of sub-block n
    public static void Q5K(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; numbers.Length > 0; blocks = blocks[176..], numbers = numbers[256..])
        {
            for (var part = 0; part < 8; part++)
            {
                var (scale, least) = SubBlock(blocks, part);
                var fifth = blocks.Slice(16, 32);
                var codes = blocks.Slice(48 + (part / 2 * 32), 32);
                for (var i = 0; i < 32; i++)
                {
                    var code = ((part & 1) == 0 ? codes[i] & 15 : codes[i] >> 4) | ((fifth[i] >> part) & 1) << 4;
                    numbers[(part * 32) + i] = (scale * code) - least;
                }
            }
        }
    }

    // 128 bytes of lower 4 bits, 64 bytes of upper 2 bits, 16 signed scales, d: (code − 32) × d × scale; each half of 128 elements stands for itself
    public static void Q6K(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        for (; numbers.Length > 0; blocks = blocks[210..], numbers = numbers[256..])
        {
            var d = Real(blocks[208..]);
            for (var half = 0; half < 2; half++)
            {
                var low = blocks.Slice(half * 64, 64);
                var high = blocks.Slice(128 + (half * 32), 32);
                var scales = blocks.Slice(192 + (half * 8), 8);
                for (var quarter = 0; quarter < 4; quarter++)
                {
                    for (var i = 0; i < 32; i++)
                    {
                        var pair = low[((quarter & 1) * 32) + i];
                        var code = (quarter < 2 ? pair & 15 : pair >> 4) | ((high[i] >> (2 * quarter)) & 3) << 4;
                        numbers[(half * 128) + (quarter * 32) + i] = d * (sbyte)scales[(quarter * 2) + (i / 16)] * (code - 32);
                    }
                }
            }
        }
    }

    // The first four scales and minima are the lower 6 bits of 4 bytes each; of the others the lower 4 bits are in the last 4 bytes, the upper 2 above the first ones.
    private static (float Scale, float Least) SubBlock(ReadOnlySpan<byte> block, int part)
    {
        var packed = block.Slice(4, 12);
        var (scale, least) = part < 4
            ? (packed[part] & 63, packed[part + 4] & 63)
            : ((packed[part + 4] & 15) | (packed[part - 4] >> 6) << 4, (packed[part + 4] >> 4) | (packed[part] >> 6) << 4);
        return (Real(block) * scale, Real(block[2..]) * least);
    }

    private static float Real(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);
}
