using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>
/// Passages in a Qdrant collection. SQL stays the truth: points are written before the transaction that stores their chunks, hits are
/// compared with what is live, and <see cref="QdrantKeeper"/> repairs what differs.
/// </summary>
internal sealed class QdrantPassageIndex(
    IDbContextFactory<KnowledgeDbContext> contexts,
    QdrantClient client,
    QdrantCollections collections,
    QdrantRepair repair,
    QdrantHealth health,
    QdrantSignal signal,
    IOptions<QdrantOptions> options,
    TimeProvider clock,
    ILogger<QdrantPassageIndex> logger) : IPassageIndex
{
    private const int MostPauses = 16;   // times RetryPause
    private const int FewestCandidates = 128;

    public Task StageAsync(KnowledgeScope scope, DocumentId document, int generation, IReadOnlyList<StagedPassage> passages, CancellationToken cancel) =>
        PatientlyAsync(
            document,
            async () =>
            {
                var points = passages.Select(passage => QdrantPoints.Of(
                    scope.KnowledgeBase, document, generation, passage.Ordinal, passage.Vector, SparseTerms.OfPassage(passage.Terms))).ToList();
                if (points.Count > 0 && await repair.EmbedderAsync(points[0].Dense.Length, cancel) is { } embedder)
                {
                    await client.UpsertAsync(await collections.LiveAsync(embedder, cancel), points, cancel);
                }
            },
            cancel);

    public Task ConfirmAsync(KnowledgeScope scope, DocumentId document, int generation, int passages, CancellationToken cancel) =>
        PatientlyAsync(
            document,
            async () =>
            {
                await using var db = await contexts.CreateDbContextAsync(cancel);
                await repair.DocumentAsync(db, scope.KnowledgeBase, document, generation, passages, cancel);
                await TermStatistics.StoreAsync(db, document, generation, passages, cancel);
            },
            cancel);

    public Task GoLiveAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, DocumentId document, int generation, CancellationToken cancel) =>
        TermStatistics.CountInAsync(db, document, generation, cancel);

    public async Task WithdrawAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, DocumentId? document, CancellationToken cancel)
    {
        if (document is { } one)
        {
            await TermStatistics.CountOutAsync(db, one, cancel);
        }
        else if (await db.KnowledgeBases.Where(k => k.Id == knowledgeBase).Select(k => (int?)k.Number).FirstOrDefaultAsync(cancel) is { } number)
        {
            await TermStatistics.DropAsync(db, number, cancel);
        }
    }

    public async Task ForgetAsync(KnowledgeBaseId knowledgeBase, DocumentId document, int? generation, CancellationToken cancel)
    {
        var filter = QdrantPoints.FilterOf(knowledgeBase, document, generation);
        foreach (var (name, _, _) in await collections.ListAsync(cancel))
        {
            await client.DeleteAsync(name, filter, cancel);
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.DocumentTerms.Where(t => t.Document == document && (generation == null || t.Generation == generation) && !t.Counted).ExecuteDeleteAsync(cancel);
    }

    public Task UpsertAsync(KnowledgeDbContext db, KnowledgeScope scope, IReadOnlyList<IndexedPassage> passages, CancellationToken cancel) => Task.CompletedTask;

    public Task DeleteAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, IReadOnlyList<long> rows, CancellationToken cancel) => Task.CompletedTask;

    public async Task PrepareTakeoverAsync(EmbedderName next, CancellationToken cancel) =>
        await repair.FillAsync(await collections.FindOrCreateAsync(next, cancel), cancel);

    public Task VectorsReplacedAsync(CancellationToken cancel)
    {
        collections.Forget();
        signal.Set();
        return Task.CompletedTask;
    }

    public async Task<IndexAnswer> SearchAsync(KnowledgeScope scope, IndexQuery query, CancellationToken cancel)
    {
        try
        {
            return await FindAsync(scope, query, cancel);
        }
        catch (QdrantException error)
        {
            if (error.Failure == QdrantFailure.Missing)
            {
                collections.Forget();   // made again at the next use, and filled by the keeper
            }

            signal.Set();
            logger.QdrantSearchFailed(scope.KnowledgeBase, error.Failure, error.Message);
            throw error.Failure == QdrantFailure.Busy
                ? new SearchUnavailableException("Document search is busy at the moment. Try again in a minute.", error)
                : new SearchUnavailableException("Document search is unavailable at the moment. Try again in a minute.", error);
        }
    }

    private async Task<IndexAnswer> FindAsync(KnowledgeScope scope, IndexQuery query, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var id = scope.KnowledgeBase;
        if (await db.KnowledgeBases.AsNoTracking().FirstOrDefaultAsync(k => k.Id == id, cancel) is not { } knowledgeBase)
        {
            return IndexAnswer.Nothing;
        }

        await repair.StatisticsAsync(cancel);
        var files = await db.Documents.CountAsync(d => d.KnowledgeBase == id && d.LiveGeneration > 0, cancel);
        var weights = await TermStatistics.WeightsAsync(db, knowledgeBase.Number, knowledgeBase.PassageCount, query.Terms, cancel);
        if (knowledgeBase.PassageCount == 0 || await repair.EmbedderAsync(null, cancel) is not { } embedder)
        {
            return new IndexAnswer([], [], weights, 0, files);
        }

        RefuseIncomplete(id);
        if (!query.Vector.IsEmpty && query.Vector.Length != embedder.Dimensions)
        {
            throw new ArgumentException("The query has other dimensions than the stored vectors.", nameof(query));
        }

        var collection = await collections.LiveAsync(embedder, cancel);
        var filter = QdrantPoints.FilterOf(id).Without(await HiddenGenerations.ConditionsAsync(db, id, cancel));
        var lists = await ListsAsync(db, scope, collection, filter, query, weights, query.Limit, cancel);
        if (lists.WereCut)
        {
            lists = await ListsAsync(db, scope, collection, filter, query, weights, QdrantLimits.MaxQueryLimit, cancel);
        }

        if (!query.Vector.IsEmpty && lists.Dense.Count == 0)
        {
            // Every passage has a cosine, so none at all means that the collection does not hold what the database does.
            health.Found(id, 0, knowledgeBase.PassageCount);
            signal.Set();
            RefuseIncomplete(id);
        }

        return new IndexAnswer(
            [.. lists.Dense.Take(query.Limit)], [.. lists.Lexical.Take(query.Limit)], weights, knowledgeBase.PassageCount, files);
    }

    /// <summary>No answer is better than one from half the files that looks like one from all of them.</summary>
    private void RefuseIncomplete(KnowledgeBaseId knowledgeBase)
    {
        if (health.Incomplete.TryGetValue(knowledgeBase, out var state))
        {
            throw new SearchUnavailableException(
                $"Document search is being rebuilt: {state.There} of {state.Expected} passages are there. Try again in a few minutes.");
        }
    }

    private async Task<(IReadOnlyList<IndexHit> Dense, IReadOnlyList<IndexHit> Lexical, bool WereCut)> ListsAsync(
        KnowledgeDbContext db, KnowledgeScope scope, string collection, QdrantFilter filter, IndexQuery query,
        IReadOnlyDictionary<string, double> weights, int limit, CancellationToken cancel)
    {
        string[] payload = [QdrantSchema.Document, QdrantSchema.Generation, QdrantSchema.Ordinal];
        var searches = new List<QdrantSearch>();
        if (!query.Vector.IsEmpty)
        {
            // Scores of int8 vectors alone are approximate.
            var exactly = new QdrantSearchParams(Math.Max(FewestCandidates, limit), Rescore: true, Oversampling: 2);
            searches.Add(QdrantSearch.ByVector(query.Vector, filter, limit, exactly, payload));
        }

        if (weights.Count > 0)
        {
            searches.Add(QdrantSearch.ByTerms(SparseTerms.OfQuery(weights), filter, limit, payload));
        }

        var found = await client.QueryAsync(collection, searches, cancel);
        var rows = await QdrantPoints.RowsAsync(db, scope, found.SelectMany(list => list), cancel);
        var lists = found.Select(list => Resolve(list, rows)).ToList();
        var dense = query.Vector.IsEmpty ? [] : lists[0];
        var lexical = weights.Count > 0 ? lists[^1] : [];
        var wereCut = limit < QdrantLimits.MaxQueryLimit && found.Zip(lists).Any(pair => pair.First.Count == limit && pair.Second.Count < query.Limit);
        return (dense, lexical, wereCut);
    }

    // Equal scores come in an order that changes from call to call; here they stand by row.
    private static IReadOnlyList<IndexHit> Resolve(IReadOnlyList<ScoredPoint> list, IReadOnlyDictionary<PointId, long> rows) =>
        [.. list.Where(point => rows.ContainsKey(point.Id)).Select(point => new IndexHit(rows[point.Id], point.Score))
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row)];

    /// <summary>Ingestion waits while Qdrant is away: the file's lease is renewed meanwhile, and its token ends the wait.</summary>
    private async Task PatientlyAsync(DocumentId document, Func<Task> work, CancellationToken cancel)
    {
        for (var pauses = 1; ; pauses = Math.Min(pauses * 2, MostPauses))
        {
            try
            {
                await repair.StatisticsAsync(cancel);
                await work();
                if (pauses > 1)
                {
                    health.Reached();
                }

                return;
            }
            catch (QdrantException error) when (error.Failure is not (QdrantFailure.Rejected or QdrantFailure.TooLarge))
            {
                if (error.Failure == QdrantFailure.Missing)
                {
                    collections.Forget();
                }

                var pause = options.Value.RetryPause * pauses;
                health.Failed(error.Message);
                logger.QdrantWaiting(document, pause, error.Failure, error.Message);
                await Task.Delay(pause, clock, cancel);
            }
        }
    }
}
