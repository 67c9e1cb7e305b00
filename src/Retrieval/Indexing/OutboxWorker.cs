using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>Deletes what transactions left behind: chunks and pages that search no longer sees, and uploads that no document owns.</summary>
internal sealed class OutboxWorker(
    IDbContextFactory<KnowledgeDbContext> contexts,
    KnowledgeDatabase database,
    IPassageIndex index,
    UploadCleaner uploads,
    OutboxSignal signal,
    TimeProvider clock,
    ILogger<OutboxWorker> logger) : BackgroundService
{
    private const int RowsAtOnce = 200;   // short transactions: others write in between
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(15);

    /// <summary>Empties the outbox. Repeats harmlessly, and in several processes.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var deleted = false;
        while (await db.Outbox.AsNoTracking().OrderBy(e => e.Id).FirstOrDefaultAsync(cancel) is { } entry)
        {
            await DeleteAsync(db, entry, cancel);
            deleted = true;
        }

        if (deleted)
        {
            // What was deleted leaves the log too, unless a reader still holds it; then the next time.
            await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE);", cancel);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Ready.WaitAsync(stoppingToken);
        DateTimeOffset? swept = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DrainAsync(stoppingToken);
                if (swept is null || clock.GetUtcNow() - swept >= SweepEvery)
                {
                    await uploads.SweepAsync(stoppingToken);
                    swept = clock.GetUtcNow();
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.CleanUpFailed(error);   // kept in the outbox, tried again after the pause
            }

            await signal.WaitAsync(Pause, clock, stoppingToken);
        }
    }

    private async Task DeleteAsync(KnowledgeDbContext db, OutboxEntry entry, CancellationToken cancel)
    {
        await index.ForgetAsync(entry.KnowledgeBase, entry.Document, entry.Generation, cancel);
        var total = 0;
        while (true)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var rows = await db.Chunks
                .Where(c => c.Document == entry.Document && (entry.Generation == null || c.Generation == entry.Generation))
                .OrderBy(c => c.Generation).ThenBy(c => c.Ordinal)   // as their index goes
                .Select(c => c.Row).Take(RowsAtOnce).ToListAsync(cancel);
            await index.DeleteAsync(db, entry.KnowledgeBase, rows, cancel);
            await db.NextVectors.Where(v => rows.Contains(v.Row)).ExecuteDeleteAsync(cancel);
            await db.Chunks.Where(c => rows.Contains(c.Row)).ExecuteDeleteAsync(cancel);
            total += rows.Count;
            if (rows.Count < RowsAtOnce)
            {
                if (!entry.KeepPages)
                {
                    await db.Pages.Where(p => p.Document == entry.Document && (entry.Generation == null || p.Generation == entry.Generation))
                        .ExecuteDeleteAsync(cancel);
                }

                await db.Outbox.Where(e => e.Id == entry.Id).ExecuteDeleteAsync(cancel);
                await transaction.CommitAsync(cancel);
                logger.RemainsDeleted(entry.Document, total);
                return;
            }

            await transaction.CommitAsync(cancel);
        }
    }
}
