using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Embedded;
using Rag.Retrieval.Indexing.Qdrant;
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
            .ConfigureWarnings(warnings => warnings.Log((RelationalEventId.NonTransactionalMigrationOperationWarning, LogLevel.Debug)))   // a switch around a rebuilt table; nothing an owner could do
            .AddInterceptors(provider.GetRequiredService<ConnectionSettings>(), new WholeCommits()));
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
        AddIndex(services, configuration);
        services.AddSingleton<StoredReading>();
        services.AddSingleton<IIndexWriter, IndexWriter>();
        services.AddSingleton<SentenceVectors>();
        services.AddSingleton<EvidenceReranker>();
        services.AddSingleton<EvidenceFinder>();
        services.AddSingleton<AnswerAligner>();
        services.AddSingleton<IPassageSearch, PassageSearch>();
        services.AddReading();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<OutboxWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxWorker>());
        services.AddHostedService(provider => provider.GetRequiredService<QdrantKeeper>());
        services.AddSingleton<TakeoverSignal>();
        services.AddSingleton<EmbedderTakeover>();
        services.AddHostedService(provider => provider.GetRequiredService<EmbedderTakeover>());
        services.AddSingleton<IIndexStatus, IndexStatusReader>();
        return services;
    }

    /// <summary>Both indexes; configuration says which one is used.</summary>
    private static void AddIndex(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateDataAnnotations();
        services.AddOptionsWithValidateOnStart<QdrantOptions, QdrantOptionsValidator>().Bind(configuration.GetSection(QdrantOptions.Section)).ValidateDataAnnotations();
        services.AddSingleton<EmbeddedPassageIndex>();
        services.AddQdrantHttp();
        services.AddSingleton<QdrantCollections>();
        services.AddSingleton<QdrantHealth>();
        services.AddSingleton<QdrantSignal>();
        services.AddSingleton<QdrantRepair>();
        services.AddSingleton<QdrantPassageIndex>();
        services.AddSingleton<QdrantKeeper>();
        services.AddSingleton<IPassageIndex>(provider => provider.GetRequiredService<IOptions<StorageOptions>>().Value.Index switch
        {
            IndexKind.Qdrant => QdrantAlone(provider),
            _ => provider.GetRequiredService<EmbeddedPassageIndex>(),
        });
    }

    /// <summary>Deletions would not reach the embedded index's files while it is out of use: they go, and are built again when it is back.</summary>
    private static QdrantPassageIndex QdrantAlone(IServiceProvider provider)
    {
        BlockFolder.DeleteAll(provider.GetRequiredService<IOptions<RetrievalOptions>>());
        return provider.GetRequiredService<QdrantPassageIndex>();
    }
}
