using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>
/// The default index: exact cosine and BM25 over blocks of our own, built from the chunks in SQL and kept in memory-mapped files. Nothing needs to be
/// written with the chunks: a search finds by the knowledge base's version what is new and reads it.
/// </summary>
internal sealed class EmbeddedPassageIndex(
    IDbContextFactory<KnowledgeDbContext> contexts, BlockCache cache, IOptions<RetrievalOptions> options, ILogger<EmbeddedPassageIndex> logger) : IPassageIndex
{
    private const int MostDamagedBlocks = 100;

    public Task UpsertAsync(KnowledgeDbContext db, KnowledgeScope scope, IReadOnlyList<IndexedPassage> passages, CancellationToken cancel) => Task.CompletedTask;

    public Task DeleteAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, IReadOnlyList<long> rows, CancellationToken cancel) =>
        rows.Count == 0 ? Task.CompletedTask : BlockMerge.EraseAsync(db, new BlockFolder(options, knowledgeBase, logger), knowledgeBase, cancel);

    public Task VectorsReplacedAsync(CancellationToken cancel)
    {
        // Blocks carry their embedding model's name: one that another process writes or keeps a moment longer is not taken for a new one.
        cache.Clear();
        BlockFolder.DeleteAll(options);
        return Task.CompletedTask;
    }

    public async Task<IndexAnswer> SearchAsync(KnowledgeScope scope, IndexQuery query, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        for (var damaged = 0; ; damaged++)
        {
            if (await cache.LoadAsync(db, scope, cancel) is not { } live)
            {
                return IndexAnswer.Nothing;
            }

            try
            {
                var dense = query.Vector.IsEmpty ? [] : VectorScan.Nearest(live, query.Vector.Span, query.Limit);
                var weights = Bm25.Weights(live, query.Terms);
                return new IndexAnswer(
                    dense, Bm25.Best(live, query.Terms, weights, query.Limit), query.Terms.Zip(weights).ToDictionary(pair => pair.First, pair => pair.Second),
                    live.PassageCount, live.FileCount);
            }
            catch (DamagedBlockException error) when (damaged < MostDamagedBlocks)
            {
                await cache.DiscardAsync(scope, error.Block, cancel);
            }
        }
    }
}
