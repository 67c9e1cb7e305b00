using Microsoft.Extensions.AI;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Tests;

/// <summary>A deterministic embedder for tests in which vectors do not matter: hashed terms, normalised.</summary>
internal sealed class HashEmbedder(string model = "hash", int dimensions = 64) : IEmbeddingGenerator<string, Embedding<float>>
{
    public List<(string Role, IReadOnlyList<string> Texts)> Calls { get; } = [];

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var texts = values.ToList();
        Calls.Add(((string)options!.AdditionalProperties!["role"]!, texts));
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(texts.Select(text => new Embedding<float>(Vector(text)))));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("test", null, model, dimensions) : null;

    public void Dispose()
    {
    }

    private float[] Vector(string text)
    {
        var vector = new float[dimensions];
        vector[0] = 0.1f;
        foreach (var term in Terms.Of(text))
        {
            var hash = term.Aggregate(17u, (h, c) => (h * 31) + c);
            vector[hash % (uint)dimensions] += 1;
        }

        var length = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }
}
