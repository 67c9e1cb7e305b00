using Microsoft.Extensions.AI;

namespace Rag.Inference.Embeddings;

/// <summary>Takes the vectors of texts that the same scope had embedded lately from the cache, and has only the others computed. Usage counts these alone.</summary>
internal sealed class CachingEmbeddingGenerator(IEmbeddingGenerator<string, Embedding<float>> inner, EmbeddingCache cache)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var scope = EmbeddingRequest.Scope(options);
        // A model or a size asked for by name: whether it is ours the generator itself says.
        if (scope is null || cache.IsOff || options is { ModelId: not null } or { Dimensions: not null })
        {
            return await base.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
        }

        var (question, _) = (EmbeddingRequest.IsQuery(options), EmbeddingRequest.IsUrgent(options));   // also refuses what is neither
        var model = InnerGenerator.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelId ?? "";
        var texts = values as IReadOnlyList<string> ?? [.. values];
        var vectors = new Dictionary<UInt128, ReadOnlyMemory<float>>(texts.Count);
        var missing = new Dictionary<UInt128, string>();   // a text that is there twice is computed once
        var keys = new UInt128[texts.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = EmbeddingCache.Key(scope, model, question, texts[i]);
            if (!vectors.ContainsKey(keys[i]) && cache.Find(keys[i]) is { } known)
            {
                vectors[keys[i]] = known;
            }
            else if (!vectors.ContainsKey(keys[i]))
            {
                missing[keys[i]] = texts[i];
            }
        }

        UsageDetails? usage = null;
        if (missing.Count > 0)
        {
            var computed = await base.GenerateAsync(missing.Values, options, cancellationToken).ConfigureAwait(false);
            usage = computed.Usage;
            foreach (var (key, embedding) in missing.Keys.Zip(computed))
            {
                vectors[key] = embedding.Vector;
                cache.Keep(key, embedding.Vector);
            }
        }

        return new(keys.Select(key => new Embedding<float>(vectors[key]) { ModelId = model })) { Usage = usage };
    }
}
