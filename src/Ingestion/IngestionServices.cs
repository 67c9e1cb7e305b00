using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rag.Ingestion.Extraction.Isolation;

namespace Rag.Ingestion;

public static class IngestionServices
{
    /// <summary>
    /// The worker that makes uploaded files searchable. Call after <c>AddRetrieval</c>; needs, from the composition root, an
    /// <c>IEmbeddingGenerator&lt;string, Embedding&lt;float&gt;&gt;</c> and an <c>ITokenCounter</c> keyed <c>ITokenCounter.Embedding</c>.
    /// </summary>
    public static IServiceCollection AddIngestionWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<IngestionOptions>, IngestionOptionsValidator>();
        services.AddOptions<IngestionOptions>().Bind(configuration.GetSection(IngestionOptions.Section)).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ExtractorPool>();
        services.AddSingleton<PassageEmbedder>();
        services.AddSingleton<EmbeddingRate>();
        services.AddSingleton<DocumentPipeline>();
        services.AddHostedService<IngestionWorker>();
        return services;
    }
}
