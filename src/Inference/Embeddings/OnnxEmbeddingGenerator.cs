using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntime;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Embeddings;

/// <summary>
/// Embeds texts with the configured model. Many texts are cut into runs of about equal length; between two runs goes first what a person waits for.
/// A text longer than the model reads is embedded by its beginning.
/// </summary>
internal sealed class OnnxEmbeddingGenerator(
    ConfiguredModel configured, ModelHost<EmbeddingModel> host, LazyTokenizer<IEmbeddingTokenizer> tokenizer, EmbeddingGate gate, InferenceOptions options,
    TimeProvider clock)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    private double speed = double.NaN;

    /// <summary>Tokens per second of the last runs, smoothed, padding not counted; null before the first.</summary>
    public double? LastTokensPerSecond => Volatile.Read(ref speed) is var last && double.IsNaN(last) ? null : last;

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

        var vectors = new float[tokens.Length][];
        var batches = TokenBudgetBatcher.Cut([.. tokens.Select(t => t.Length)], options.MaxBatchTokens);
        var waiting = batches.Count > 0 ? gate.EnterAsync(urgent, cancel) : null;
        for (var next = 0; next < batches.Count; next++)
        {
            using var turn = await waiting!.ConfigureAwait(false);
            var batch = batches[next];
            var start = clock.GetTimestamp();
            var results = await RunAsync(rental.Model, [.. batch.Select(index => tokens[index])], cancel).ConfigureAwait(false);
            Measured(batch.Sum(index => tokens[index].Length), clock.GetElapsedTime(start));
            for (var i = 0; i < batch.Length; i++)
            {
                vectors[batch[i]] = results[i];
            }

            // Asked for before this turn is passed on: else each of an urgent request's runs would wait for one of a file's.
            waiting = next + 1 < batches.Count ? gate.EnterAsync(urgent, cancel) : null;
        }

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

    // A run is pure computing and takes up to some hundred milliseconds; the request's thread does not wait in it.
    private static async Task<float[][]> RunAsync(EmbeddingModel model, int[][] batch, CancellationToken cancel)
    {
        try
        {
            return await Task.Run(() => model.Run(batch), cancel).ConfigureAwait(false);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InferenceException(InferenceFailure.Failed, $"The embedding model failed: {error.Message}", error);
        }
    }

    private void Measured(int tokens, TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            var now = tokens / time.TotalSeconds;
            var before = Volatile.Read(ref speed);
            Volatile.Write(ref speed, double.IsNaN(before) ? now : (0.8 * before) + (0.2 * now));
        }
    }

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
