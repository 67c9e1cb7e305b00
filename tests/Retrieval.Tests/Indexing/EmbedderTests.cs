using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval.Indexing;

namespace Rag.Retrieval.Tests.Indexing;

/// <summary>What the embedding model is told about its texts.</summary>
public sealed class EmbedderTests
{
    [Fact]
    public async Task Embedder_EachKindOfText_CarriesItsRoleAndPriority()
    {
        using var seen = new Recorder();
        await using var services = new ServiceCollection().AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(seen).BuildServiceProvider();
        var embedder = new Embedder(services);
        var cancel = TestContext.Current.CancellationToken;
        var scope = Store.NewScope();
        await embedder.QueryAsync(scope, "question", cancel);
        await embedder.PassagesAsync(["chunk"], cancel);
        await embedder.SentencesAsync(["sentence"], cancel);
        Assert.Equal([("question", "query", null), ("chunk", "passage", null), ("sentence", "passage", "interactive")], seen.Calls);
    }

    private sealed class Recorder : IEmbeddingGenerator<string, Embedding<float>>
    {
        public List<(string Text, object? Role, object? Priority)> Calls { get; } = [];

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            var properties = options!.AdditionalProperties!;
            Calls.Add((values.Single(), properties["role"], properties.GetValueOrDefault("priority")));
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>([new Embedding<float>(new float[] { 1 })]));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
