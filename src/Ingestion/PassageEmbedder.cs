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
    /// <summary>Measures in this model's word pieces.</summary>
    public TokenWindow Window => new(new GuardedCounter(services));

    /// <summary>A passage that the same knowledge base had lately, as in a file sent again with changes, is not computed again.</summary>
    /// <exception cref="ModelUnavailableException">The model is missing, changed or failed.</exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(KnowledgeBaseId knowledgeBase, IReadOnlyList<string> texts, CancellationToken cancel)
    {
        try
        {
            var model = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
            GeneratedEmbeddings<Embedding<float>> embeddings = await model.GenerateAsync(
                texts, new() { AdditionalProperties = new() { ["role"] = "passage", ["scope"] = knowledgeBase.ToString() } }, cancel);
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
