using System.Runtime.InteropServices;
using Rag.Inference.Import;

namespace Rag.Inference.Tests.Models;

/// <summary>Writes small ONNX graphs, as the importer does, with random weights inside of them.</summary>
internal sealed class OnnxWriter : OnnxGraphWriter
{
    // Again, since "using static" does not see what is inherited.
    public new const int Float = OnnxGraphWriter.Float;
    public new const int Integer = OnnxGraphWriter.Integer;
    public new const int Long = OnnxGraphWriter.Long;

    private const int Seed = 5;

    private readonly Random random = new(Seed);

    /// <summary>The first weights of any graph.</summary>
    public static float[] Numbers(int count) => Numbers(count, new(Seed));

    /// <summary>Random weights, always the same.</summary>
    public string Weights(string name, params int[] shape) =>
        Tensor(name, Float, MemoryMarshal.AsBytes<float>(Numbers(shape.Aggregate(1, (product, size) => product * size), random)), shape);

    private static float[] Numbers(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 1.5f)];
}

internal static class OnnxFiles
{
    public static void Save(this OnnxGraphWriter graph, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, graph.ToBytes("tiny"));
    }
}
