using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Rag.Retrieval.Indexing;

/// <summary>
/// The embedding model, resolved when first used: where it cannot be loaded, files can still be listed and deleted.
/// </summary>
internal sealed class Embedder(IServiceProvider services)
{
    private static readonly EmbeddingGenerationOptions Query = new() { AdditionalProperties = new() { ["role"] = "query" } };
    private static readonly EmbeddingGenerationOptions Passage = new() { AdditionalProperties = new() { ["role"] = "passage" } };
    private static readonly EmbeddingGenerationOptions Sentence = new() { AdditionalProperties = new() { ["role"] = "passage", ["priority"] = "interactive" } };

    private IEmbeddingGenerator<string, Embedding<float>> Generator => services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

    public string ModelId => Generator.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelId ?? Generator.GetType().Name;

    public async Task<ReadOnlyMemory<float>> QueryAsync(string text, CancellationToken cancel) =>
        (await Generator.GenerateAsync([text], Query, cancel))[0].Vector;

    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> PassagesAsync(IReadOnlyList<string> texts, CancellationToken cancel) =>
        [.. (await Generator.GenerateAsync(texts, Passage, cancel)).Select(embedding => embedding.Vector)];

    /// <summary>As <see cref="PassagesAsync"/>, for somebody who waits: goes before files that are being read.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> SentencesAsync(IReadOnlyList<string> texts, CancellationToken cancel) =>
        [.. (await Generator.GenerateAsync(texts, Sentence, cancel)).Select(embedding => embedding.Vector)];
}
