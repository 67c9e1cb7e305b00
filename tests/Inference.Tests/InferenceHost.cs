using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Tests;

[assembly: AssemblyFixture(typeof(InferenceHost))]

namespace Rag.Inference.Tests;

/// <summary>The library as a host registers it, over the models of the repository; shared by all tests of the run.</summary>
public sealed class InferenceHost : IDisposable
{
    public ServiceProvider Services { get; } = Build();

    public IEmbeddingGenerator<string, Embedding<float>> Embeddings => Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

    public static ServiceProvider Build(params (string Key, string Value)[] settings) => Build(_ => { }, settings);

    public static ServiceProvider Build(Action<IServiceCollection> first, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection().AddLogging();
        first(services);
        return services
            .AddInference(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Inference:{s.Key}", (string?)s.Value)))
                .Build())
            .BuildServiceProvider();
    }

    public void Dispose() => Services.Dispose();
}
