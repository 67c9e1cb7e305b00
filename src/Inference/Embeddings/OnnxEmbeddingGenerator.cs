using Microsoft.Extensions.AI;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Embeddings;

/// <summary>
/// Embeds texts with the configured model. Texts of all callers are put together into runs by <see cref="EmbeddingScheduler"/>.
/// A text longer than the model reads is embedded by its beginning.
/// </summary>
internal sealed class OnnxEmbeddingGenerator(
    ConfiguredModel configured, ModelHost<EmbeddingModel> host, LazyTokenizer<IEmbeddingTokenizer> tokenizer, EmbeddingScheduler scheduler)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var cancel = cancellationToken;
        var question = EmbeddingRequest.IsQuery(request);
        var urgent = EmbeddingRequest.IsUrgent(request);
        using var rental = await host.RentAsync(cancel).ConfigureAwait(false);
        var manifest = configured.Folder.Manifest;
        Check(request, manifest);

        var prefix = question ? manifest.QueryPrefix : manifest.PassagePrefix;
        var texts = values as IReadOnlyCollection<string> ?? [.. values];
        var tokens = await Task.Run(() => texts.Select(text => tokenizer.Value.EncodeForModel(prefix + text, manifest.MaxTokens)).ToArray(), cancel).ConfigureAwait(false);

        var shares = await Task.Run(() => rental.Model.IsIndependent, cancel).ConfigureAwait(false);
        var vectors = await scheduler.EmbedAsync(tokens, urgent, shares, cancel).ConfigureAwait(false);
        return new(vectors.Select(vector => new Embedding<float>(vector) { ModelId = manifest.Id }))
        {
            Usage = new() { InputTokenCount = tokens.Sum(t => (long)t.Length), TotalTokenCount = tokens.Sum(t => (long)t.Length) },
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingModelInfo) ? Info()
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("onnxruntime", null, configured.Id, Info()?.Dimensions)
            : serviceType == typeof(ITextTokenCounter) ? tokenizer
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    // The host owns the model.
    public void Dispose()
    {
    }

    private EmbeddingModelInfo? Info() => configured.Find()?.Manifest is { } m
        ? new(m.Id, m.Title, m.Dimensions, m.MaxTokens, m.Normalize || m.Output is { Normalized: true }, m.License, m.KnownLanguages)
        : null;

    private static void Check(EmbeddingGenerationOptions? request, ModelManifest manifest)
    {
        if (request?.Dimensions is { } dimensions && dimensions != manifest.Dimensions)
        {
            throw new InferenceException(InferenceFailure.InvalidOption, $"{manifest.Id} gives vectors of {manifest.Dimensions} numbers, not {dimensions}.");
        }

        if (request?.ModelId is { } id && id != manifest.Id)
        {
            throw new InferenceException(InferenceFailure.InvalidOption, $"The embedding model is {manifest.Id}, not {id}.");
        }
    }
}
