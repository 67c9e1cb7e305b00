using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Qdrant;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Tests.Indexing.Qdrant;

namespace Rag.Retrieval.Tests;

/// <summary>The whole of Retrieval on a real SQLite file in a temporary folder, with a clock the test moves.</summary>
internal sealed class Store : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly bool ownsFolder;

    private Store(
        string folder, bool ownsFolder, FakeTimeProvider clock, IEmbeddingGenerator<string, Embedding<float>> embedder, FakeQdrant? qdrant, Dictionary<string, string?> settings)
    {
        Folder = folder;
        this.ownsFolder = ownsFolder;
        Clock = clock;
        Qdrant = qdrant;
        settings["Retrieval:DataFolder"] = folder;
        if (qdrant is not null)
        {
            settings["Storage:Index"] = "Qdrant";
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var parts = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton(embedder)
            .AddKeyedSingleton<ITokenCounter, WordCounter>(ITokenCounter.Chat)
            .AddKeyedSingleton<ITokenCounter, WordCounter>(ITokenCounter.Embedding)
            .AddRetrieval(configuration);
        if (qdrant is not null)
        {
            parts.AddHttpClient(QdrantHttp.Name).ConfigurePrimaryHttpMessageHandler(() => qdrant);
        }

        services = parts.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Folder { get; }

    public FakeTimeProvider Clock { get; }

    /// <summary>Null: the embedded index.</summary>
    public FakeQdrant? Qdrant { get; }

    public IDocumentLibrary Library => Get<IDocumentLibrary>();

    public IJobQueue Jobs => Get<IJobQueue>();

    public IIndexWriter Writer => Get<IIndexWriter>();

    public IUploadStore Uploads => Get<IUploadStore>();

    public static async Task<Store> OpenAsync(
        string? folder = null, FakeTimeProvider? clock = null, IEmbeddingGenerator<string, Embedding<float>>? embedder = null, FakeQdrant? qdrant = null,
        params (string Key, string Value)[] settings)
    {
        var store = new Store(
            folder ?? Directory.CreateTempSubdirectory("rag-retrieval-").FullName,
            folder is null,
            clock ?? new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)),
            embedder ?? new HashEmbedder(),
            qdrant,
            settings.ToDictionary(s => $"Retrieval:{s.Key}", s => (string?)s.Value));
        await store.Get<KnowledgeDatabase>().InitializeAsync(Cancel);
        return store;
    }

    /// <summary>A second process on the same folder and clock: nothing in memory is shared.</summary>
    public Task<Store> AgainAsync(IEmbeddingGenerator<string, Embedding<float>>? embedder = null) => OpenAsync(Folder, Clock, embedder, Qdrant);

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public Task<KnowledgeDbContext> DatabaseAsync() => Get<IDbContextFactory<KnowledgeDbContext>>().CreateDbContextAsync(Cancel);

    public static KnowledgeScope NewScope() => KnowledgeScope.For(KnowledgeBaseId.New());

    public async Task<StoredUpload> UploadAsync(string content) =>
        (await Uploads.SaveAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), long.MaxValue, Cancel))!;

    public async Task<DocumentId> AddAsync(KnowledgeScope scope, string name = "a.txt", string? content = null) =>
        await Library.AddAsync(scope, await UploadAsync(content ?? Guid.NewGuid().ToString()), name, Cancel);

    public async Task<JobLease> LeaseAsync(string owner = "worker") =>
        await Jobs.TryLeaseAsync(owner, Cancel) ?? throw new InvalidOperationException("No job is waiting.");

    public async Task<DocumentStatus> StatusAsync(KnowledgeScope scope, DocumentId document) =>
        await Library.FindAsync(scope, document, Cancel) ?? throw new InvalidOperationException("No such document.");

    /// <summary>Adds a file and takes it through all stages; each paragraph becomes a chunk on a page of its own.</summary>
    public async Task<DocumentId> PublishAsync(KnowledgeScope scope, string title, params string[] paragraphs)
    {
        var document = await AddAsync(scope, title + ".txt", string.Join("\n\n", paragraphs) + title);
        var lease = await LeaseAsync();
        Assert.Equal(document, lease.Document);
        Assert.Equal(LeaseState.Held, await WriteAsync(lease, title, paragraphs));
        return document;
    }

    public async Task<LeaseState> WriteAsync(JobLease lease, string title, params string[] paragraphs)
    {
        var (pages, chunks) = Pieces.Of(paragraphs);
        return await WriteAsync(lease, new DocumentFacts(title, pages.Count, chunks.Count, []), pages, chunks);
    }

    public async Task<LeaseState> WriteAsync(JobLease lease, DocumentFacts facts, IReadOnlyList<PageText> pages, IReadOnlyList<ChunkDraft> chunks)
    {
        var state = await Writer.SavePagesAsync(lease, pages, Cancel);
        if (state == LeaseState.Held)
        {
            state = await Writer.SaveChunksAsync(lease, facts.Title, await EmbedAsync(facts.Title, chunks), Cancel);
        }

        return state == LeaseState.Held ? await Writer.PublishAsync(lease, facts, Cancel) : state;
    }

    public async Task<IReadOnlyList<EmbeddedChunk>> EmbedAsync(string title, IReadOnlyList<ChunkDraft> chunks)
    {
        var vectors = await Get<Embedder>().PassagesAsync([.. chunks.Select(chunk => chunk.IndexedText(title))], Cancel);
        return [.. chunks.Zip(vectors, (chunk, vector) => new EmbeddedChunk(chunk, vector))];
    }

    public async ValueTask DisposeAsync()
    {
        // This store's connections only: tests beside it set pragmas on pooled ones.
        await using var db = await DatabaseAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearPool((Microsoft.Data.Sqlite.SqliteConnection)db.Database.GetDbConnection());
        await services.DisposeAsync();
        if (ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private sealed class WordCounter : ITokenCounter
    {
        public int Count(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
