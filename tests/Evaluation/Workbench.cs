using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Rag.Inference;
using Rag.Inference.Scoring;
using Rag.Inference.Tokenizers;
using Rag.Ingestion;
using Rag.Retrieval;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Retrieval.Text;
using Rag.Web.Composition;

namespace Rag.Evaluation;

/// <summary>The product's own store, search and models over a temporary folder: what is measured is what is shipped.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("docent-evaluation-").FullName;
    private readonly ServiceProvider inference;
    private readonly ServiceProvider services;

    private Workbench(string? cacheFolder, IReadOnlyDictionary<string, string?> settings)
    {
        inference = new ServiceCollection()
            .AddLogging()
            .AddInference(new ConfigurationBuilder().AddInMemoryCollection([new("Inference:LoadAtStart", "false")]).Build())
            .BuildServiceProvider();
        Chat = inference.GetRequiredService<IChatClient>();
        var embeddings = inference.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        Embeddings = new RememberingEmbedder(embeddings, cacheFolder);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                // The chat model's ranking depends on how fast the machine is: only on demand.
                new("Retrieval:RerankCandidates", settings.GetValueOrDefault("Retrieval:RerankCandidates") ?? "0"),
                new("Retrieval:DataFolder", folder),
                new("Retrieval:SentenceCacheEntries", "1000000"),
                .. settings.Where(setting => setting.Key != "Retrieval:RerankCandidates")])
            .Build();
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(Embeddings)
            .AddKeyedSingleton<ITokenCounter>(ITokenCounter.Chat, (_, _) => new Counter(Chat.GetService<ITextTokenCounter>()!))
            .AddKeyedSingleton<ITokenCounter>(ITokenCounter.Embedding, (_, _) => new Counter(embeddings.GetService<ITextTokenCounter>()!))
            .AddSingleton<IEvidenceRanker>(provider => new EvidenceRanker(() => Chat.GetService<IContinuationScorer>(), NullLogger<EvidenceRanker>.Instance))
            .AddRetrieval(configuration)
            .AddIngestionWorker(configuration)
            .BuildServiceProvider();
    }

    public RememberingEmbedder Embeddings { get; }

    public IChatClient Chat { get; }

    public ITokenCounter EmbeddingTokens => services.GetRequiredKeyedService<ITokenCounter>(ITokenCounter.Embedding);

    public IPassageSearch Search => services.GetRequiredService<IPassageSearch>();

    /// <param name="cacheFolder">Where vectors are kept between runs; null keeps them in memory only.</param>
    public static async Task<Workbench> OpenAsync(string? cacheFolder, IReadOnlyDictionary<string, string?> settings, CancellationToken cancel)
    {
        var bench = new Workbench(cacheFolder, settings);
        await bench.services.GetRequiredService<KnowledgeDatabase>().InitializeAsync(cancel);
        return bench;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Takes a document through the product's own writer.</summary>
    public async Task<DocumentId> PublishAsync(KnowledgeScope scope, SourceText source, CancellationToken cancel)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(source.Title + source.Text + Guid.NewGuid()));
        var upload = await Get<IUploadStore>().SaveAsync(bytes, long.MaxValue, cancel) ?? throw new InvalidOperationException("The text is too large.");
        var document = await Get<IDocumentLibrary>().AddAsync(scope, upload, $"{source.Title}.txt", cancel);
        var lease = await Get<IJobQueue>().TryLeaseAsync("evaluation", cancel) ?? throw new InvalidOperationException("The job is missing.");
        var writer = Get<IIndexWriter>();
        Require(await writer.SavePagesAsync(lease, [new PageText(1, null, 0, 0, 0, source.Text, source.Lines())], cancel));
        foreach (var batch in source.Chunks.Chunk(64))
        {
            var vectors = await Embeddings.PassagesAsync([.. batch.Select(chunk => chunk.IndexedText(source.Title))], cancel);
            Require(await writer.SaveChunksAsync(lease, source.Title, [.. batch.Zip(vectors, (chunk, vector) => new EmbeddedChunk(chunk, vector))], cancel));
        }

        Require(await writer.PublishAsync(lease, new DocumentFacts(source.Title, 1, source.Chunks.Count, []), cancel));
        return document;
    }

    /// <summary>Takes files through the product's own ingestion.</summary>
    /// <returns>The path of each document's file.</returns>
    public async Task<IReadOnlyDictionary<DocumentId, string>> IngestAsync(KnowledgeScope scope, IReadOnlyList<string> paths, CancellationToken cancel)
    {
        var library = Get<IDocumentLibrary>();
        var files = new Dictionary<DocumentId, string>();
        foreach (var path in paths)
        {
            await using var bytes = File.OpenRead(path);
            var upload = await Get<IUploadStore>().SaveAsync(bytes, long.MaxValue, cancel) ?? throw new InvalidOperationException("The file is too large.");
            files[await library.AddAsync(scope, upload, Path.GetFileName(path), cancel)] = path;
        }

        var worker = services.GetServices<IHostedService>().Single(service => service.GetType().Name == "IngestionWorker");
        await worker.StartAsync(cancel);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await tick.WaitForNextTickAsync(cancel))
        {
            var documents = await library.ListAsync(scope, cancel);
            if (documents.FirstOrDefault(d => d.State == DocumentState.Failed) is { } failed)
            {
                throw new InvalidOperationException($"{failed.FileName}: {failed.Message}");
            }

            if (documents.All(d => d.State is DocumentState.Ready or DocumentState.ReadyWithWarnings))
            {
                break;
            }
        }

        await worker.StopAsync(cancel);
        return files;
    }

    /// <summary>What the two lists hold, and their fusion as search uses it.</summary>
    public async Task<RankedLists> RankAsync(KnowledgeScope scope, string question, CancellationToken cancel)
    {
        var vector = (await Embeddings.QueryAsync(question, cancel)).Vector;
        var options = Get<Microsoft.Extensions.Options.IOptions<RetrievalOptions>>().Value;
        var terms = Terms.Of(question);
        var answer = await Get<IPassageIndex>().SearchAsync(scope, new IndexQuery(vector, [.. terms.Distinct()], options.ListLength), cancel);
        var fused = RankFusion.Fuse(answer.Dense, answer.Lexical, options.DenseWeight, options.LexicalWeight);
        await using var db = await Get<IDbContextFactory<KnowledgeDbContext>>().CreateDbContextAsync(cancel);
        var candidates = await PassageLoader.LoadAsync(db, scope, fused, cancel);
        var identity = await DocumentIdentity.LoadAsync(db, question, candidates, cancel);
        var ranked = PassageRanking.Order(vector, terms, answer.TermWeights, candidates, identity);
        return new RankedLists([.. answer.Dense.Select(hit => hit.Row)], [.. answer.Lexical.Select(hit => hit.Row)], [.. ranked.Select(chunk => chunk.Hit.Row)]);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await inference.DisposeAsync();
        Embeddings.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static void Require(LeaseState state)
    {
        if (state != LeaseState.Held)
        {
            throw new InvalidOperationException("The lease was lost.");
        }
    }

    private sealed class Counter(ITextTokenCounter counter) : ITokenCounter
    {
        public int Count(string text) => counter.Count(text);
    }
}

/// <summary>Rows of chunks, best first.</summary>
internal sealed record RankedLists(IReadOnlyList<long> Dense, IReadOnlyList<long> Lexical, IReadOnlyList<long> Hybrid);
