using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>A model other than the stored one is loaded, or may be.</summary>
internal sealed class TakeoverSignal : WakeSignal;

/// <summary>
/// Puts the loaded embedding model in the place of the stored one. Every chunk is embedded anew beside its old vector, from the text in the
/// database; when all are there, one transaction makes them the stored ones. Until then search goes by words alone, so that vectors of two
/// models never meet, and new files wait. What is done is kept: after a restart the rest is done.
/// </summary>
internal sealed class EmbedderTakeover(
    IDbContextFactory<KnowledgeDbContext> contexts,
    KnowledgeDatabase database,
    Embedder embedder,
    IPassageIndex index,
    TakeoverSignal signal,
    TimeProvider clock,
    ILogger<EmbedderTakeover> logger) : BackgroundService
{
    private const int ChunksAtOnce = 32;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Null unless a takeover goes on.</summary>
    public TakeoverStatus? Status { get; private set; }

    /// <summary>Does what is left to do. Repeats harmlessly.</summary>
    /// <returns>Whether the model was changed.</returns>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        try
        {
            if (!await IsNeededAsync(cancel))
            {
                Status = null;
                return false;
            }

            do
            {
                await EmbedAsync(cancel);
            }
            while (!await SwitchAsync(cancel));

            Status = null;
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Status = Status is { } begun ? begun with { HeldUp = error.Message } : null;
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.TakeoverFailed(error);   // no model, or no index, for the moment
            }

            await signal.WaitAsync(Pause, clock, stoppingToken);
        }
    }

    private async Task<bool> IsNeededAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var stored = EmbedderName.Parse(await db.Settings.Where(s => s.Key == EmbedderIdentity.Key).Select(s => s.Value).FirstOrDefaultAsync(cancel));
        if (stored is null || !await db.Chunks.AnyAsync(cancel))
        {
            return false;
        }

        if (stored.Model != embedder.ModelId)
        {
            return true;
        }

        // The owner went back to the model of before: what was begun is of no use.
        await db.Settings.Where(s => s.Key == EmbedderIdentity.NextKey).ExecuteDeleteAsync(cancel);
        await db.NextVectors.ExecuteDeleteAsync(cancel);
        return false;
    }

    private async Task EmbedAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var model = embedder.ModelId;
        var begun = EmbedderName.Parse(await db.Settings.Where(s => s.Key == EmbedderIdentity.NextKey).Select(s => s.Value).FirstOrDefaultAsync(cancel));
        if (begun is not null && begun.Model != model)
        {
            await db.NextVectors.ExecuteDeleteAsync(cancel);   // a third model
        }

        await CountAsync(db, model, cancel);
        long last = 0;
        while (await StoredChunks.NextWithoutVectorAsync(db, last, ChunksAtOnce, cancel) is { Count: > 0 } chunks)
        {
            var vectors = await embedder.PassagesAsync([.. chunks.Select(chunk => chunk.IndexedText)], cancel);
            await using (var transaction = await db.Database.BeginTransactionAsync(cancel))
            {
                await EmbedderIdentity.SetAsync(db, EmbedderIdentity.NextKey, new EmbedderName(model, vectors[0].Length).ToString(), cancel);
                var rows = chunks.Select(chunk => chunk.Row).ToList();
                await db.NextVectors.Where(v => rows.Contains(v.Row)).ExecuteDeleteAsync(cancel);   // another process may be at it too
                db.NextVectors.AddRange(chunks.Zip(vectors, (chunk, vector) => new NextVector { Row = chunk.Row, Vector = VectorBytes.Pack(vector.Span) }));
                await db.SaveChangesAsync(cancel);
                await transaction.CommitAsync(cancel);
            }

            db.ChangeTracker.Clear();
            last = chunks[^1].Row;
            var (_, done, all, _) = await CountAsync(db, model, cancel);
            logger.TakeoverProgress(model, done, all);
        }
    }

    private async Task<TakeoverStatus> CountAsync(KnowledgeDbContext db, string model, CancellationToken cancel) =>
        Status = new TakeoverStatus(model, await db.NextVectors.CountAsync(cancel), await db.Chunks.CountAsync(cancel), HeldUp: null);

    /// <returns>False when chunks came in between; they are embedded first.</returns>
    private async Task<bool> SwitchAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var next = await db.Settings.Where(s => s.Key == EmbedderIdentity.NextKey).Select(s => s.Value).FirstOrDefaultAsync(cancel);
        if (EmbedderName.Parse(next) is { } name)
        {
            await index.PrepareTakeoverAsync(name, cancel);
        }

        await using (var transaction = await db.Database.BeginTransactionAsync(cancel))
        {
            if (await db.Chunks.AnyAsync(c => !db.NextVectors.Any(v => v.Row == c.Row), cancel))
            {
                return false;
            }

            if (next is null)
            {
                return true;   // the last chunk was deleted meanwhile: nothing is stored, nothing to change
            }

            await db.Chunks.ExecuteUpdateAsync(
                chunk => chunk.SetProperty(c => c.Vector, c => db.NextVectors.Where(v => v.Row == c.Row).Select(v => v.Vector).First()), cancel);
            await EmbedderIdentity.SetAsync(db, EmbedderIdentity.Key, next, cancel);
            await db.Settings.Where(s => s.Key == EmbedderIdentity.NextKey).ExecuteDeleteAsync(cancel);
            await db.NextVectors.ExecuteDeleteAsync(cancel);
            await db.KnowledgeBases.ExecuteUpdateAsync(k => k.SetProperty(x => x.Version, x => x.Version + 1), cancel);
            await transaction.CommitAsync(cancel);
        }

        await index.VectorsReplacedAsync(cancel);
        logger.TakeoverDone(next);
        return true;
    }
}
