using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>
/// Compares the collection with the database, at start and every few minutes: a collection that was emptied or restored from last week's
/// copy answers as before after some minutes, and points of generations that never went live do not stay.
/// </summary>
internal sealed class QdrantKeeper(
    IDbContextFactory<KnowledgeDbContext> contexts,
    KnowledgeDatabase database,
    QdrantClient client,
    QdrantCollections collections,
    QdrantRepair repair,
    QdrantHealth health,
    QdrantSignal signal,
    IOptions<StorageOptions> storage,
    IOptions<QdrantOptions> options,
    TimeProvider clock,
    ILogger<QdrantKeeper> logger) : BackgroundService
{
    private const int MostPauses = 16;
    private const int ReplayLooks = 50;
    private static readonly TimeSpan ReplayLook = TimeSpan.FromMilliseconds(200);

    /// <summary>One comparison, with repair.</summary>
    /// <exception cref="QdrantException">Qdrant is away, or its collection is not as it must be.</exception>
    public async Task CompareAsync(CancellationToken cancel)
    {
        await repair.StatisticsAsync(cancel);
        if (await repair.EmbedderAsync(null, cancel) is not { } embedder)
        {
            // Nothing was ever indexed; a wrong address or key shall be known before the first file comes.
            await client.ListCollectionsAsync(cancel);
            health.Reached();
            return;
        }

        var collection = await collections.LiveAsync(embedder, cancel);
        await WaitForReplayAsync(collection, cancel);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var bases = await db.KnowledgeBases.Select(k => k.Id).ToListAsync(cancel);
        (long Written, long Deleted) repaired = (0, 0);
        foreach (var id in bases)
        {
            if (await DiffersAsync(db, collection, id, cancel))
            {
                var (written, deleted) = await repair.KnowledgeBaseAsync(db, collection, id, cancel);
                repaired = (repaired.Written + written, repaired.Deleted + deleted);
                health.Found(id, 0, 0);
            }
        }

        await DropUnknownAsync(db, collection, bases, cancel);
        await collections.RetireAsync([embedder, .. await NextAsync(db, cancel)], cancel);
        health.Compared(collection, await client.CountAsync(collection, null, cancel), repaired);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (storage.Value.Index != IndexKind.Qdrant)
        {
            return;
        }

        await database.Ready.WaitAsync(stoppingToken);
        var pauses = 1;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Value.CompareEvery;
            try
            {
                await CompareAsync(stoppingToken);
                pauses = 1;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                collections.Forget();
                health.Failed(error.Message);
                if (error is QdrantException known)
                {
                    logger.QdrantAway(known.Failure, known.Message);
                }
                else
                {
                    logger.QdrantComparisonFailed(error);
                }

                pause = options.Value.RetryPause * pauses;
                pauses = Math.Min(pauses * 2, MostPauses);
            }

            await signal.WaitAsync(pause, clock, stoppingToken);
        }
    }

    /// <summary>After a crash the server answers a moment before all acknowledged points are visible.</summary>
    private async Task WaitForReplayAsync(string collection, CancellationToken cancel)
    {
        for (var i = 0; await client.FindCollectionAsync(collection, cancel) is { } info; i++)
        {
            if (info.Status == "red")
            {
                throw new QdrantException(QdrantFailure.Broken, $"The Qdrant collection '{collection}' is red: {info.Error}");
            }

            if (info.PendingUpdates == 0)
            {
                return;
            }

            if (i == ReplayLooks)
            {
                throw new QdrantException(QdrantFailure.Unavailable, $"The Qdrant collection '{collection}' is still applying {info.PendingUpdates} writes.");
            }

            await Task.Delay(ReplayLook, clock, cancel);
        }
    }

    /// <summary>Counts, which are cheap: the live generations must be there in full, and nothing else once nobody is writing.</summary>
    private async Task<bool> DiffersAsync(KnowledgeDbContext db, string collection, KnowledgeBaseId id, CancellationToken cancel)
    {
        var live = await db.Documents.AsNoTracking().Where(d => d.KnowledgeBase == id && d.LiveGeneration > 0 && d.LivePassages > 0)
            .Select(d => new { d.Id, d.LiveGeneration, d.LivePassages }).ToListAsync(cancel);
        long there = 0;
        foreach (var generation in live.GroupBy(d => d.LiveGeneration, d => d.Id.ToString()))
        {
            foreach (var documents in generation.Chunk(QdrantLimits.MaxConditionSize))
            {
                there += await client.CountAsync(
                    collection,
                    QdrantPoints.FilterOf(id).And(QdrantCondition.Is(QdrantSchema.Generation, generation.Key)).And(QdrantCondition.IsAny(QdrantSchema.Document, documents)),
                    cancel);
            }
        }

        var expected = live.Sum(d => (long)d.LivePassages);
        health.Found(id, there, expected);
        if (there != expected)
        {
            logger.QdrantDiffers(id, there, expected);
            return true;
        }

        var moving = await db.Jobs.AnyAsync(j => j.KnowledgeBase == id, cancel) || await db.Outbox.AnyAsync(e => e.KnowledgeBase == id, cancel);
        return !moving && await client.CountAsync(collection, QdrantPoints.FilterOf(id), cancel) != expected;
    }

    /// <summary>Points of knowledge bases that are no more.</summary>
    private async Task DropUnknownAsync(KnowledgeDbContext db, string collection, List<KnowledgeBaseId> known, CancellationToken cancel)
    {
        var filter = known.Count == 0 ? null : QdrantFilter.Except(
            [.. known.Select(id => id.ToString()).Chunk(QdrantLimits.MaxConditionSize).Select(some => QdrantCondition.IsAny(QdrantSchema.Tenant, some))]);
        foreach (var tenant in await client.FacetAsync(collection, QdrantSchema.Tenant, filter, QdrantLimits.MaxQueryLimit, cancel))
        {
            // Asked again: it may have been made since the list was read.
            if (!Guid.TryParse(tenant.Value, out var id) || !await db.KnowledgeBases.AnyAsync(k => k.Id == new KnowledgeBaseId(id), cancel))
            {
                await client.DeleteAsync(collection, QdrantFilter.Of(QdrantCondition.Is(QdrantSchema.Tenant, tenant.Value)), cancel);
                logger.QdrantForeignDeleted(tenant.Count);
            }
        }
    }

    private static async Task<IEnumerable<EmbedderName>> NextAsync(KnowledgeDbContext db, CancellationToken cancel) =>
        EmbedderName.Parse(await db.Settings.Where(s => s.Key == EmbedderIdentity.NextKey).Select(s => s.Value).FirstOrDefaultAsync(cancel)) is { } next ? [next] : [];
}
