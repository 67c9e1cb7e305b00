using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Evaluation;
using Rag.Inference;
using Rag.Inference.Tokenizers;
using Rag.Retrieval;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>Retrieval on a real SQLite file, the real embedding model, real extractors. The worker runs only where a test starts it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    /// <summary>
    /// The shipped embedding model, loaded once for all shops whose test is not about models; lives as long as the run. Tests that interrupt and repeat a reading embed the
    /// same passages again and again: each is embedded once.
    /// </summary>
    private static readonly Lazy<IEmbeddingGenerator<string, Embedding<float>>> Embeddings = new(() => new RememberingEmbedder(new ServiceCollection()
        .AddLogging()
        .AddInference(new ConfigurationBuilder().Build())
        .BuildServiceProvider()
        .GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>(), folder: null));

    private readonly ServiceProvider services;
    private readonly List<IHostedService> started = [];

    private Shop(string? folder, Dictionary<string, string?> settings)
    {
        Folder = folder ?? Directory.CreateTempSubdirectory("rag-ingestion-").FullName;
        settings["Retrieval:DataFolder"] = Folder;
        settings["Ingestion:ExtractorTestFaults"] = "true";
        bool ownModel = settings.Keys.Any(key => key.StartsWith("Inference:", StringComparison.Ordinal));
        settings["Inference:LoadAtStart"] = "false";   // nobody chats here: the chat model stays on the disk
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        IServiceCollection collection = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log))
            .AddSingleton<IHostApplicationLifetime, NoLifetime>()
            .AddRetrieval(configuration)
            .AddInference(configuration)
            .AddKeyedSingleton<ITokenCounter>(ITokenCounter.Embedding, (provider, _) => new WordPieces(provider))
            .AddKeyedSingleton<ITokenCounter>(ITokenCounter.Chat, (provider, _) => new WordPieces(provider))
            .AddIngestionWorker(configuration);
        if (!ownModel)
        {
            collection.AddSingleton(Embeddings.Value);
        }

        ServiceDescriptor writer = collection.Single(descriptor => descriptor.ServiceType == typeof(IIndexWriter));
        collection.Remove(writer);
        collection.AddSingleton(provider => new WatchedWriter((IIndexWriter)ActivatorUtilities.CreateInstance(provider, writer.ImplementationType!)));
        collection.AddSingleton<IIndexWriter>(provider => provider.GetRequiredService<WatchedWriter>());
        services = collection.BuildServiceProvider();
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Folder { get; }

    public LogLines Log { get; } = new();

    public WatchedWriter Writer => services.GetRequiredService<WatchedWriter>();

    public IDocumentLibrary Library => services.GetRequiredService<IDocumentLibrary>();

    public IJobQueue Jobs => services.GetRequiredService<IJobQueue>();

    public IPassageSearch Search => services.GetRequiredService<IPassageSearch>();

    public KnowledgeScope Scope { get; } = KnowledgeScope.For(KnowledgeBaseId.New());

    public static Task<Shop> OpenAsync(params (string Key, string Value)[] settings) => OpenInAsync(null, settings);

    /// <param name="folder">Exists; deleted at the end. Null: a new one.</param>
    public static async Task<Shop> OpenInAsync(string? folder, params (string Key, string Value)[] settings)
    {
        var shop = new Shop(folder, settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        foreach (IHostedService hosted in shop.services.GetServices<IHostedService>().Where(hosted => hosted is not IngestionWorker))
        {
            await hosted.StartAsync(Cancel);
            shop.started.Add(hosted);
        }

        return shop;
    }

    public async Task<DocumentId> AddAsync(string fileName, byte[] content, KnowledgeScope? scope = null)
    {
        StoredUpload upload = (await services.GetRequiredService<IUploadStore>().SaveAsync(new MemoryStream(content), long.MaxValue, Cancel))!;
        return await Library.AddAsync(scope ?? Scope, upload, fileName, Cancel);
    }

    /// <summary>Leases the next job and works on it to its end.</summary>
    public Task RunNextAsync() => RunNextUntilAsync(CancellationToken.None);

    /// <param name="stopping">As if the worker shut down.</param>
    public async Task RunNextUntilAsync(CancellationToken stopping)
    {
        JobLease lease = await Jobs.TryLeaseAsync("local/1", Cancel) ?? throw new InvalidOperationException("No job is waiting.");
        await services.GetRequiredService<DocumentPipeline>().RunAsync(lease, stopping);
    }

    public async Task<DocumentStatus> IngestAsync(string fileName, byte[] content)
    {
        DocumentId document = await AddAsync(fileName, content);
        await RunNextAsync();
        return await StatusAsync(document);
    }

    public async Task<DocumentStatus> StatusAsync(DocumentId document, KnowledgeScope? scope = null) =>
        await Library.FindAsync(scope ?? Scope, document, Cancel) ?? throw new InvalidOperationException("No such document.");

    public async Task StartWorkerAsync()
    {
        IHostedService worker = services.GetServices<IHostedService>().Single(hosted => hosted is IngestionWorker);
        await worker.StartAsync(Cancel);
        started.Add(worker);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IHostedService hosted in Enumerable.Reverse(started))
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        await services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class WordPieces(IServiceProvider services) : ITokenCounter
    {
        public int Count(string text) =>
            services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetRequiredService<ITextTokenCounter>().Count(text);
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;
        public CancellationToken ApplicationStopping => CancellationToken.None;
        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new InvalidOperationException("A part stopped the program.");
    }
}

/// <summary>The real writer; a test sees what passes and may act in the middle.</summary>
internal sealed class WatchedWriter(IIndexWriter inner) : IIndexWriter
{
    private readonly ConcurrentDictionary<DocumentId, TaskCompletionSource> published = new();

    public Func<JobLease, Task>? OnPages { get; set; }

    public Func<JobLease, Task>? OnChunks { get; set; }

    /// <summary>The chunks of each document as last written, by ordinal.</summary>
    public ConcurrentDictionary<DocumentId, SortedDictionary<int, EmbeddedChunk>> Chunks { get; } = new();

    public Task PublishedAsync(DocumentId document) => published.GetOrAdd(document, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>How many chunks of earlier attempts were found.</summary>
    public int ChunksKept { get; private set; }

    public IAsyncEnumerable<PageText> StoredPagesAsync(JobLease lease, CancellationToken cancel) => inner.StoredPagesAsync(lease, cancel);

    public async Task<IReadOnlySet<int>> StoredChunksAsync(JobLease lease, string title, IReadOnlyList<ChunkDraft> chunks, CancellationToken cancel)
    {
        var stored = await inner.StoredChunksAsync(lease, title, chunks, cancel);
        ChunksKept += stored.Count;
        return stored;
    }

    public async Task<LeaseState> SavePagesAsync(JobLease lease, IReadOnlyList<PageText> pages, CancellationToken cancel)
    {
        await (OnPages?.Invoke(lease) ?? Task.CompletedTask);
        return await inner.SavePagesAsync(lease, pages, cancel);
    }

    public async Task<LeaseState> SaveChunksAsync(JobLease lease, string title, IReadOnlyList<EmbeddedChunk> chunks, CancellationToken cancel)
    {
        await (OnChunks?.Invoke(lease) ?? Task.CompletedTask);
        SortedDictionary<int, EmbeddedChunk> written = Chunks.GetOrAdd(lease.Document, _ => []);
        foreach (EmbeddedChunk chunk in chunks)
        {
            written[chunk.Chunk.Ordinal] = chunk;
        }

        return await inner.SaveChunksAsync(lease, title, chunks, cancel);
    }

    public async Task<LeaseState> PublishAsync(JobLease lease, DocumentFacts facts, CancellationToken cancel)
    {
        LeaseState state = await inner.PublishAsync(lease, facts, cancel);
        published.GetOrAdd(lease.Document, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return state;
    }
}

/// <summary>Everything that was logged, as text.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
