using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Rag.Inference;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>The real model's vectors, each made once in a run: tests that interrupt and repeat a reading embed the same passages again and again.</summary>
internal sealed class RememberedEmbeddings(IEmbeddingGenerator<string, Embedding<float>> model) : DelegatingEmbeddingGenerator<string, Embedding<float>>(model)
{
    private readonly ConcurrentDictionary<(string? Role, string Text), Embedding<float>> known = [];

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        string? role = options?.AdditionalProperties?[InferenceProperties.Role]?.ToString();
        string[] texts = [.. values];
        string[] missing = [.. texts.Where(text => !known.ContainsKey((role, text))).Distinct()];
        cancellationToken.ThrowIfCancellationRequested();
        if (missing.Length > 0)
        {
            foreach ((string text, Embedding<float> made) in missing.Zip(await base.GenerateAsync(missing, options, cancellationToken)))
            {
                known[(role, text)] = made;
            }
        }

        return [.. texts.Select(text => known[(role, text)])];
    }
}
