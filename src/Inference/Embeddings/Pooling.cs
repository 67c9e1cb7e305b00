using System.Numerics.Tensors;
using Rag.Inference.Models;

namespace Rag.Inference.Embeddings;

/// <summary>From a graph's output to one vector per text, as far as the graph has not done it.</summary>
internal static class Pooling
{
    /// <param name="hidden">(batch, sequence, dimensions), row by row.</param>
    /// <param name="lengths">Tokens of each text; the rest of its row is padding.</param>
    public static float[][] Pool(ReadOnlySpan<float> hidden, ReadOnlySpan<int> lengths, int sequence, int dimensions, PoolingKind kind)
    {
        var vectors = new float[lengths.Length][];
        for (var text = 0; text < lengths.Length; text++)
        {
            var tokens = hidden.Slice(text * sequence * dimensions, lengths[text] * dimensions);
            // [CLS] is the first token.
            var vector = (kind == PoolingKind.Last ? tokens[^dimensions..] : tokens[..dimensions]).ToArray();
            if (kind == PoolingKind.Mean)
            {
                for (var token = 1; token < lengths[text]; token++)
                {
                    TensorPrimitives.Add(vector, tokens.Slice(token * dimensions, dimensions), vector);
                }

                TensorPrimitives.Divide(vector, lengths[text], vector);
            }

            vectors[text] = vector;
        }

        return vectors;
    }

    /// <summary>Scales to length 1; a zero vector stays.</summary>
    public static void Normalize(Span<float> vector)
    {
        var norm = TensorPrimitives.Norm<float>(vector);
        if (norm > 0)
        {
            TensorPrimitives.Divide(vector, norm, vector);
        }
    }
}
