using Rag.Inference.Import;

namespace Rag.Inference.Tests.Import;

public sealed class BlockQuantizerTests
{
    [Theory]
    [InlineData(8, 64, 0.006)]
    [InlineData(4, 32, 0.09)]
    public void Numbers_AreRoundedWithinHalfAStep(int bits, int block, double relative)
    {
        var random = new Random(1);
        var row = Enumerable.Range(0, 200).Select(_ => (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f) * 0.1f).ToArray();   // no multiple of a block
        var back = Back(new(bits, block, row.Length), row, out var steps);
        Assert.All(row.Select((x, i) => (x, i)), pair => Assert.InRange(MathF.Abs(back[pair.i] - pair.x), 0, (MathF.Abs(steps[pair.i / block]) * 1.01f) + 1e-9f));
        Assert.InRange(Math.Sqrt(row.Zip(back, (a, b) => Math.Pow(a - b, 2)).Sum() / row.Sum(x => (double)x * x)), 0, relative);
    }

    [Fact]
    public void FourBits_OfQ40_AreItsOwn()
    {
        var random = new Random(2);
        var row = Enumerable.Range(0, 64).Select(i => (i % 32 == 5 ? -8 : random.Next(-8, 8)) * 0.03125f).ToArray();
        Assert.Equal(row, Back(new(4, 32, 64), row, out _));
    }

    [Fact]
    public void FourBits_OfNumbersAboveZero_UseTheWholeRange()
    {
        var row = Enumerable.Range(0, 32).Select(i => i % 16 / 16f).ToArray();
        Assert.All(row.Zip(Back(new(4, 32, 32), row, out _)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-40f)]
    [InlineData(3e38f)]
    public void Extremes_StayFinite(float size)
    {
        var row = Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? size : -size).ToArray();
        Assert.All(Back(new(8, 64, 64), row, out _).Concat(Back(new(4, 32, 64), row, out _)), x => Assert.True(float.IsFinite(x)));
    }

    private static float[] Back(BlockQuantizer quantizer, float[] row, out float[] scales)
    {
        var codes = new byte[quantizer.CodeBytes];
        var steps = scales = new float[quantizer.Blocks];
        var zeros = new byte[quantizer.ZeroBytes];
        quantizer.Quantize(row, codes, scales, zeros);
        return [.. row.Select((_, i) =>
        {
            var block = i / quantizer.Block;
            var code = quantizer.Bits == 8 ? codes[i] : (codes[i / 2] >> (i % 2 * 4)) & 15;
            var zero = quantizer.Bits == 8 ? 128 : (zeros[block / 2] >> (block % 2 * 4)) & 15;
            return (code - zero) * steps[block];
        })];
    }
}
