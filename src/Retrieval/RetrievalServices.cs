using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Embedded;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Reading;
using Rag.Retrieval.Search;

namespace Rag.Retrieval;

public static class RetrievalServices
{
    /// <summary>
    /// The knowledge store. Needs an <c>IEmbeddingGenerator&lt;string, Embedding&lt;float&gt;&gt;</c> and an <see cref="ITokenCounter"/>
    /// keyed <see cref="ITokenCounter.Chat"/> from the composition root. Call before what works on the database: hosted services start in order.
    /// </summary>
    public static IServiceCollection AddRetrieval(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<RetrievalOptions, RetrievalOptionsValidator>()
            .Bind(configuration.GetSection(RetrievalOptions.Section))
            .ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton<ConnectionSettings>();
        services.AddDbContextFactory<KnowledgeDbContext>((provider, db) => db
            .UseSqlite($"Data Source={Path.Combine(provider.GetRequiredService<IOptions<RetrievalOptions>>().Value.DataFolder, "knowledge.db")}")
            .AddInterceptors(provider.GetRequiredService<ConnectionSettings>()));
        services.AddSingleton(provider => new KnowledgeDatabase(
            provider.GetRequiredService<IDbContextFactory<KnowledgeDbContext>>(),
            provider.GetRequiredService<IOptions<RetrievalOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KnowledgeDatabase>>()));
        services.AddHostedService<KnowledgeDatabaseStart>();

        services.AddSingleton<UploadStore>();
        services.AddSingleton<IUploadStore>(provider => provider.GetRequiredService<UploadStore>());
        services.AddSingleton<UploadCleaner>();
        services.AddSingleton<JobSignal>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<IJobQueue>(provider => provider.GetRequiredService<JobQueue>());
        services.AddSingleton<IDocumentLibrary, DocumentLibrary>();

        services.AddSingleton<Embedder>();
        services.AddSingleton<EmbedderIdentity>();
        services.AddSingleton<BlockCache>();
        services.AddSingleton<IPassageIndex, EmbeddedPassageIndex>();
        services.AddSingleton<IIndexWriter, IndexWriter>();
        services.AddSingleton<SentenceVectors>();
        services.AddSingleton<EvidenceFinder>();
        services.AddSingleton<AnswerAligner>();
        services.AddSingleton<IPassageSearch, PassageSearch>();
        services.AddReading();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<OutboxWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxWorker>());
        return services;
    }
}
