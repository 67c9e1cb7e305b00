using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Ingestion.Chunking;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion;

/// <summary>The embedding model or its tokenizer cannot be used; the file is not at fault.</summary>
internal sealed class ModelUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The embedding model as the worker uses it: resolved when first needed, so a missing model refuses files, not the start.</summary>
internal sealed class PassageEmbedder(IServiceProvider services)
{
    private static readonly EmbeddingGenerationOptions Passage = new() { AdditionalProperties = new() { ["role"] = "passage" } };

    /// <summary>Measures in this model's word pieces.</summary>
    public TokenWindow Window => new(new GuardedCounter(services));

    /// <exception cref="ModelUnavailableException">The model is missing, changed or failed.</exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancel)
    {
        try
        {
            var model = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
            GeneratedEmbeddings<Embedding<float>> embeddings = await model.GenerateAsync(texts, Passage, cancel);
            return embeddings.Count == texts.Count
                ? [.. embeddings.Select(embedding => embedding.Vector)]
                : throw new InvalidOperationException($"{embeddings.Count} embeddings for {texts.Count} texts.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            throw new ModelUnavailableException("The embedding model failed.", exception);
        }
    }

    private sealed class GuardedCounter(IServiceProvider services) : ITokenCounter
    {
        private ITokenCounter? counter;

        public int Count(string text)
        {
            try
            {
                counter ??= services.GetRequiredKeyedService<ITokenCounter>(ITokenCounter.Embedding);
                return counter.Count(text);
            }
            catch (Exception exception)
            {
                throw new ModelUnavailableException("The embedding model's tokenizer failed.", exception);
            }
        }
    }
}
