using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

/// <summary>What an imported graph computes, against the reference in plain loops.</summary>
public sealed class ImportedLogitsTests : IDisposable
{
    private readonly ImportBench bench = new();

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("llama", "F32", false)]
    [InlineData("llama", "F16", true)]
    [InlineData("llama", "BF16", false)]
    [InlineData("llama", "Q8_0", true)]
    [InlineData("qwen2", "F32", false)]
    [InlineData("qwen2", "Q8_0", true)]
    [InlineData("qwen3", "F32", false)]
    [InlineData("qwen3", "Q8_0", true)]
    public async Task Weights_ThatEightBitsHold_GiveTheReferencesLogits(string architecture, string type, bool tied)
    {
        var model = new TinyGguf(new() { Architecture = architecture, Type = type, Tied = tied });
        await CompareAsync(model, accuracy: 0, tolerance: 2e-4);
    }

    [Fact]
    public async Task Rotation_WithFactorsScaleAndBase_IsTheReferences()
    {
        await CompareAsync(new(new() { Factors = true, FrequencyBase = 500_000 }), accuracy: 0, tolerance: 2e-4);
        await CompareAsync(new(new() { LinearScale = 4, HeadSize = 32, Heads = 2, KeyHeads = 1 }), accuracy: 0, tolerance: 2e-4);
    }

    [Theory]
    [InlineData("Q4_0")]
    [InlineData("Q4_1")]
    [InlineData("Q5_0")]
    [InlineData("Q5_1")]
    [InlineData("Q4_K")]
    [InlineData("Q5_K")]
    [InlineData("Q6_K")]
    public async Task Weights_OfFewerBits_StayClose(string type)
    {
        var model = new TinyGguf(new() { Type = type, Hidden = 256, Inner = 256, Heads = 4, KeyHeads = 2, HeadSize = 64, Layers = 1 });
        await CompareAsync(model, accuracy: 0, tolerance: 0.04);
    }

    [Fact]
    public async Task Product_RoundsActivationsToo_AndStaysClose()
    {
        await CompareAsync(new(new()), accuracy: 4, tolerance: 0.04);
        await CompareAsync(new(new() { Architecture = "qwen3" }), accuracy: 4, tolerance: 0.04);
    }

    [Fact]
    public async Task FourBits_KeepQ40AsItIs()
    {
        // The vocabulary has 8 bits, where Q4_0's steps are not whole ones: that is all that is lost.
        await CompareAsync(new(new() { Type = "Q4_0" }), accuracy: 0, tolerance: 0.02, bits: 4);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    public async Task Rotation_OfTheOtherKind_IsFarOff(string architecture)
    {
        var model = new TinyGguf(new() { Architecture = architecture });
        var difference = await DifferenceAsync(model, accuracy: 0, bits: 8, otherRotation: true);
        Assert.InRange(difference, 0.1, 10);
    }

    private async Task CompareAsync(TinyGguf model, int accuracy, double tolerance, int bits = 8) =>
        Assert.InRange(await DifferenceAsync(model, accuracy, bits), 0, tolerance);

    /// <summary>Root mean square of the difference over that of the logits; read in pieces and token by token.</summary>
    private async Task<double> DifferenceAsync(TinyGguf model, int accuracy, int bits, bool otherRotation = false)
    {
        var imported = await bench.ImportAsync(model.File, accuracy, bits);
        int[] tokens = [.. Enumerable.Range(0, 24).Select(i => ((i * 37) + 11) % 256)];
        var expected = new ReferenceDecoder(model, (model.Shape.Architecture == "llama") != otherRotation).Run(tokens);
        using var loop = ImportBench.Open(imported);
        var (off, size) = (0.0, 0.0);
        void Add(int position, ReadOnlySpan<float> logits)
        {
            for (var i = 0; i < TinyShape.Vocabulary; i++)
            {
                off += Math.Pow(logits[i] - expected[position][i], 2);
                size += Math.Pow(expected[position][i], 2);
            }
        }

        var three = loop.Read(tokens.AsSpan(0, 20), default, kept: 3);
        for (var row = 0; row < 3; row++)
        {
            Add(17 + row, three.Slice(row * TinyShape.Vocabulary, TinyShape.Vocabulary));
        }

        for (var next = 20; next < tokens.Length; next++)
        {
            Add(next, loop.Read(tokens.AsSpan(next, 1), default));
        }

        var difference = Math.Sqrt(off / size);
        TestContext.Current.TestOutputHelper?.WriteLine($"{model.Shape.Architecture} {model.Shape.Type} {bits} bits, accuracy {accuracy}: {difference:0.000000}");
        return difference;
    }
}
