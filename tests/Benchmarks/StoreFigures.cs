using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Embedded;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Benchmarks;

/// <summary>The embedded index behind its interface, over a database: 100,000 passages in one knowledge base, 1,000 in another.</summary>
internal static class StoreFigures
{
    private const int PerDocument = 1_000;
    private const int Queries = 100;

    public static async Task RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("docent-bench-").FullName;
        try
        {
            var (large, small) = (KnowledgeScope.For(KnowledgeBaseId.New()), KnowledgeScope.For(KnowledgeBaseId.New()));
            await using (var store = await OpenAsync(folder, cancel))
            {
                var clock = Stopwatch.StartNew();
                await FillAsync(store, large, 50, cancel);
                await SearchAsync(store, large, IndexData.Vectors(1, 9)[0], [], cancel);
                IndexData.Print("50,000 passages of 150 words through the index writer into SQL (flushed) and searched once", $"{clock.Elapsed.TotalSeconds:0.0} s");
                await FillAsync(store, large, 50, cancel);
                await FillAsync(store, small, 1, cancel);
            }

            await OpenAgainAsync(folder, large, "built from SQL and searched once, 100,000 passages", cancel);
            await OpenAgainAsync(folder, large, "opened from its files and searched once, 100,000 passages", cancel);
            await SearchAsync(folder, large, small, cancel);
            await FullTextFigures.RunAsync(folder, large, cancel);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Words by how many of the passages hold them, about: most, 1 %, and a handful.</summary>
    public static readonly (string Name, string[][] Questions)[] TermSets =
    [
        ("one common term", Terms((0, 3))),
        ("one term of about 1 %", Terms((1_000, 300))),
        ("one rare term", Terms((40_000, 300))),
        ("a question: 2 common terms, 3 middling, 1 rare", Terms((0, 10), (3, 10), (300, 300), (1_000, 300), (2_000, 300), (30_000, 300))),
    ];

    private static async Task SearchAsync(string folder, KnowledgeScope large, KnowledgeScope small, CancellationToken cancel)
    {
        await using var store = await OpenAsync(folder, cancel);
        var vectors = IndexData.Vectors(Queries, 10);
        foreach (var (scope, name) in new[] { (large, "100,000 passages"), (small, "1,000 passages beside them") })
        {
            await SearchAsync(store, scope, vectors[0], [], cancel);
            await store.GetRequiredService<BlockCache>().SavedAsync(scope);
            IndexData.Print($"whole index search, dense, {name}", $"{IndexData.Spread(Queries, i => Wait(SearchAsync(store, scope, vectors[i], [], cancel)))}");
            foreach (var (terms, questions) in TermSets)
            {
                var time = IndexData.Spread(Queries, i => Wait(SearchAsync(store, scope, default, questions[i], cancel)));
                IndexData.Print($"whole index search, lexical, {terms}, {name}", $"{time}");
            }
        }
    }

    private static async Task OpenAgainAsync(string folder, KnowledgeScope scope, string what, CancellationToken cancel)
    {
        if (what.StartsWith("built", StringComparison.Ordinal))
        {
            Directory.Delete(Path.Combine(folder, "index"), recursive: true);
        }

        await using var store = await OpenAsync(folder, cancel);
        await using (var db = await store.GetRequiredService<IDbContextFactory<KnowledgeDbContext>>().CreateDbContextAsync(cancel))
        {
            await db.KnowledgeBases.CountAsync(cancel);   // the database's own opening is not the index's
        }

        var clock = Stopwatch.StartNew();
        await SearchAsync(store, scope, IndexData.Vectors(1, 11)[0], ["bak"], cancel);
        IndexData.Print(what, $"{clock.Elapsed.TotalSeconds:0.000} s");
        await store.GetRequiredService<BlockCache>().SavedAsync(scope);
    }

    private static async Task<ServiceProvider> OpenAsync(string folder, CancellationToken cancel)
    {
        var services = new ServiceCollection().AddLogging()
            .AddSingleton<IEmbeddingGenerator<string, Embedding<float>>, NoEmbedder>()
            .AddRetrieval(new ConfigurationBuilder().AddInMemoryCollection([new("Retrieval:DataFolder", folder)]).Build())
            .BuildServiceProvider();
        await services.GetRequiredService<KnowledgeDatabase>().InitializeAsync(cancel);
        return services;
    }

    private static async Task FillAsync(ServiceProvider store, KnowledgeScope scope, int documents, CancellationToken cancel)
    {
        var (library, jobs, writer) = (store.GetRequiredService<IDocumentLibrary>(), store.GetRequiredService<IJobQueue>(), store.GetRequiredService<IIndexWriter>());
        for (var i = 0; i < documents; i++)
        {
            var seed = Random.Shared.Next();
            var random = new Random(seed);
            var upload = await store.GetRequiredService<IUploadStore>().SaveAsync(new MemoryStream(Guid.NewGuid().ToByteArray()), 100, cancel);
            await library.AddAsync(scope, upload!, "a.txt", cancel);
            var lease = (await jobs.TryLeaseAsync("bench", cancel))!;
            var vectors = IndexData.Vectors(PerDocument, seed);
            var chunks = vectors.Select((vector, ordinal) =>
            {
                var text = IndexData.Text(random);
                return new EmbeddedChunk(new ChunkDraft(ordinal, text, null, null, 0, text.Length, new PageRange(1, 1)), vector);
            });
            foreach (var batch in chunks.Chunk(100))
            {
                await writer.SaveChunksAsync(lease, "Title", batch, cancel);
            }

            await writer.PublishAsync(lease, new DocumentFacts("Title", 1, PerDocument, []), cancel);
        }
    }

    private static Task<IndexAnswer> SearchAsync(
        ServiceProvider store, KnowledgeScope scope, ReadOnlyMemory<float> vector, IReadOnlyList<string> terms, CancellationToken cancel) =>
        store.GetRequiredService<IPassageIndex>().SearchAsync(scope, new IndexQuery(vector, terms, 30), cancel);

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static string[][] Terms(params (int Rank, int Spread)[] words) =>
        [.. Enumerable.Range(0, Queries).Select(i => words.SelectMany(word => Rag.Retrieval.Text.Terms.Of(IndexData.Word(word.Rank + (i % word.Spread)))).Distinct().ToArray())];

    private sealed class NoEmbedder : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("The vectors are made up.");

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("bench", null, "bench", IndexData.Dimensions) : null;

        public void Dispose()
        {
        }
    }
}
