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

    private readonly Random random = new(5);

    /// <summary>Random weights, always the same.</summary>
    public string Weights(string name, params int[] shape)
    {
        var data = new float[shape.Aggregate(1, (product, size) => product * size)];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (random.NextSingle() - 0.5f) * 1.5f;
        }

        return Tensor(name, Float, MemoryMarshal.AsBytes<float>(data), shape);
    }
}

internal static class OnnxFiles
{
    public static void Save(this OnnxGraphWriter graph, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, graph.ToBytes("tiny"));
    }
}
