using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference;

namespace Rag.Retrieval.Tests;

/// <summary>The shipped embedding model, loaded once for all tests. Remembers passages, so that the same corpus is embedded once.</summary>
public sealed class RealEmbedder : IEmbeddingGenerator<string, Embedding<float>>, IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection()
        .AddLogging()
        .AddInference(new ConfigurationBuilder().AddInMemoryCollection([new("Inference:LoadAtStart", "false")]).Build())
        .BuildServiceProvider();

    private readonly ConcurrentDictionary<string, Embedding<float>> passages = [];

    private IEmbeddingGenerator<string, Embedding<float>> Inner => services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options?.AdditionalProperties?["role"] is not "passage")
        {
            return await Inner.GenerateAsync(values, options, cancellationToken);
        }

        var texts = values.ToList();
        var missing = texts.Distinct().Where(text => !passages.ContainsKey(text)).ToList();
        if (missing.Count > 0)
        {
            foreach (var (text, embedding) in missing.Zip(await Inner.GenerateAsync(missing, options, cancellationToken)))
            {
                passages[text] = embedding;
            }
        }

        return new GeneratedEmbeddings<Embedding<float>>(texts.Select(text => passages[text]));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => Inner.GetService(serviceType, serviceKey);

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
