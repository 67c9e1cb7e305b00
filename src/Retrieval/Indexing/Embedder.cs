using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>
/// The embedding model, resolved when first used: where it cannot be loaded, files can still be listed and deleted.
/// </summary>
internal sealed class Embedder(IServiceProvider services)
{
    private static readonly EmbeddingGenerationOptions Passage = new() { AdditionalProperties = new() { ["role"] = "passage" } };
    private static readonly EmbeddingGenerationOptions Sentence = new() { AdditionalProperties = new() { ["role"] = "passage", ["priority"] = "interactive" } };

    private IEmbeddingGenerator<string, Embedding<float>> Generator => services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

    public string ModelId => Generator.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelId ?? Generator.GetType().Name;

    /// <summary>A question asked again within the same knowledge base is not computed again.</summary>
    public async Task<ReadOnlyMemory<float>> QueryAsync(KnowledgeScope scope, string text, CancellationToken cancel) =>
        (await Generator.GenerateAsync([text], new() { AdditionalProperties = new() { ["role"] = "query", ["scope"] = scope.KnowledgeBase.ToString() } }, cancel))[0].Vector;

    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> PassagesAsync(IReadOnlyList<string> texts, CancellationToken cancel) =>
        [.. (await Generator.GenerateAsync(texts, Passage, cancel)).Select(embedding => embedding.Vector)];

    /// <summary>Without a scope: <see cref="Search.SentenceVectors"/> remembers them. As <see cref="PassagesAsync"/>, for somebody who waits: goes before files that are being read.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> SentencesAsync(IReadOnlyList<string> texts, CancellationToken cancel) =>
        [.. (await Generator.GenerateAsync(texts, Sentence, cancel)).Select(embedding => embedding.Vector)];
}
