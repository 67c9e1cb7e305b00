using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Embeddings;

/// <summary>The loaded graph of an embedding model.</summary>
internal sealed class EmbeddingModel : ILoadedModel
{
    private readonly InferenceSession session;
    private readonly ModelManifest manifest;
    private readonly int pad;
    private readonly string[] inputs;
    private readonly string[] outputs;
    private readonly Lazy<bool> independent;
    private readonly bool pooled;   // the graph gives one vector per text itself

    public EmbeddingModel(OpenGraph graph, ModelManifest manifest, int pad)
    {
        (session, this.manifest, this.pad) = (graph.Session, manifest, pad);
        Provider = graph.Provider;
        var output = manifest.Output?.Name ?? Output(session);
        outputs = [output];
        pooled = manifest.Output?.Pooled ?? session.OutputMetadata[output].Dimensions.Length == 2;
        inputs = [.. session.InputNames];
        if (inputs.Except(["input_ids", "attention_mask", "token_type_ids"]).FirstOrDefault() is { } unknown)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"The graph of {manifest.Id} wants an input '{unknown}' that is not known.");
        }

        independent = new(() => RunMates.MakeNoDifference(graph.File.Operators, Run));
    }

    public ProviderChoice Provider { get; }

    /// <summary>Whether a vector is the same whatever else is in its run; tried out when first asked for.</summary>
    public bool IsIndependent
    {
        get
        {
            try
            {
                return independent.Value;
            }
            catch (Exception error) when (error is OnnxRuntimeException or InferenceException)
            {
                return false;   // its real runs will say what is wrong
            }
        }
    }

    /// <summary>One vector per text, in the order of the texts.</summary>
    /// <param name="texts">Token ids, special ones included.</param>
    public float[][] Run(IReadOnlyList<int[]> texts)
    {
        var sequence = texts.Max(t => t.Length);
        var ids = new long[texts.Count * sequence];
        var mask = new long[ids.Length];
        Array.Fill(ids, pad);
        for (var text = 0; text < texts.Count; text++)
        {
            for (var token = 0; token < texts[text].Length; token++)
            {
                ids[(text * sequence) + token] = texts[text][token];
                mask[(text * sequence) + token] = 1;
            }
        }

        long[] shape = [texts.Count, sequence];
        var values = inputs.Select(name => OrtValue.CreateTensorValueFromMemory(
            name switch { "input_ids" => ids, "attention_mask" => mask, _ => new long[ids.Length] }, shape)).ToArray();
        try
        {
            using var run = new RunOptions();
            using var results = session.Run(run, inputs, values, outputs);
            return Vectors(results[0], [.. texts.Select(t => t.Length)], sequence);
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    public void Dispose() => session.Dispose();

    // Not any vector per text: BERT's pooler_output was trained for something else.
    private static string Output(InferenceSession session) =>
        session.OutputNames.FirstOrDefault(name => name == "sentence_embedding")
        ?? session.OutputNames.FirstOrDefault(name => session.OutputMetadata[name].Dimensions.Length == 3)
        ?? session.OutputNames[0];

    private float[][] Vectors(OrtValue output, int[] lengths, int sequence)
    {
        var data = Numbers(output);
        if (output.GetTensorTypeAndShape().Shape[^1] != manifest.Dimensions)
        {
            throw new InferenceException(
                InferenceFailure.Failed, $"The graph of {manifest.Id} gives vectors of {output.GetTensorTypeAndShape().Shape[^1]} numbers where {manifest.Dimensions} were stated.");
        }

        var vectors = pooled
            ? Rows(data, lengths.Length, manifest.Dimensions)
            : Pooling.Pool(data, lengths, sequence, manifest.Dimensions, manifest.Pooling);
        if (manifest.Normalize && manifest.Output is not { Normalized: true })
        {
            foreach (var vector in vectors)
            {
                Pooling.Normalize(vector);
            }
        }

        return vectors;
    }

    // Graphs with fp16 activations give halves, or cast them back themselves.
    private static ReadOnlySpan<float> Numbers(OrtValue output)
    {
        if (output.GetTensorTypeAndShape().ElementDataType != TensorElementType.Float16)
        {
            return output.GetTensorDataAsSpan<float>();
        }

        var halves = MemoryMarshal.Cast<Float16, Half>(output.GetTensorDataAsSpan<Float16>());
        var numbers = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, numbers);
        return numbers;
    }

    private static float[][] Rows(ReadOnlySpan<float> data, int count, int dimensions)
    {
        var rows = new float[count][];
        for (var row = 0; row < count; row++)
        {
            rows[row] = data.Slice(row * dimensions, dimensions).ToArray();
        }

        return rows;
    }
}
