using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>Makes the collection hold what the database says, and the term statistics too.</summary>
internal sealed class QdrantRepair(
    IDbContextFactory<KnowledgeDbContext> contexts, QdrantClient client, QdrantCollections collections, Embedder embedder, ILogger<QdrantRepair> logger) : IDisposable
{
    private const int ScrollLimit = QdrantLimits.MaxQueryLimit;
    private const int PointsAtOnce = 512;

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile bool statisticsRepaired;

    /// <summary>Once for each process: another index may have been in use before.</summary>
    public async Task StatisticsAsync(CancellationToken cancel)
    {
        if (statisticsRepaired)
        {
            return;
        }

        await gate.WaitAsync(cancel);
        try
        {
            if (!statisticsRepaired)
            {
                await TermStatistics.RepairAsync(contexts, cancel);
                statisticsRepaired = true;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The model whose vectors the database holds, else the one loaded; null when neither is known.</summary>
    /// <param name="loadedDimensions">Length of a vector at hand; null where none is.</param>
    public async Task<EmbedderName?> EmbedderAsync(int? loadedDimensions, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var stored = EmbedderName.Parse(await db.Settings.Where(s => s.Key == EmbedderIdentity.Key).Select(s => s.Value).FirstOrDefaultAsync(cancel));
        return loadedDimensions is { } dimensions && (stored is null || !await db.Chunks.AnyAsync(cancel)) ? new EmbedderName(embedder.ModelId, dimensions) : stored;
    }

    /// <summary>Compares one generation of a document with its rows, whether live or not.</summary>
    public async Task DocumentAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, DocumentId document, int generation, int passages, CancellationToken cancel)
    {
        if (await EmbedderAsync(null, cancel) is not { } stored)
        {
            return;   // nothing was ever stored
        }

        var collection = await collections.LiveAsync(stored, cancel);
        var filter = QdrantPoints.FilterOf(knowledgeBase, document, generation);
        // By ids, not by number: a passage that is missing and one too many would count as none.
        var expected = Enumerable.Range(0, passages).ToDictionary(ordinal => new PointId(ChunkIds.Of(document, generation, ordinal).Value));
        var surplus = new List<PointId>();
        await foreach (var (id, _) in ScrollAsync(collection, filter, cancel))
        {
            if (!expected.Remove(id))
            {
                surplus.Add(id);
            }
        }

        await client.DeleteAsync(collection, surplus, cancel);
        await WriteAsync(db, collection, knowledgeBase, document, generation, [.. expected.Values], cancel);
    }

    /// <summary>Compares every point of a knowledge base with what is live: writes what is missing, deletes what has no business there.</summary>
    public async Task<(long Written, long Deleted)> KnowledgeBaseAsync(KnowledgeDbContext db, string collection, KnowledgeBaseId knowledgeBase, CancellationToken cancel)
    {
        var seen = new Dictionary<PointId, (DocumentId Document, int Generation)>();
        await foreach (var (id, payload) in ScrollAsync(collection, QdrantPoints.FilterOf(knowledgeBase), cancel))
        {
            seen[id] = (Guid.TryParse(payload.Document, out var document) ? new DocumentId(document) : default, payload.Generation ?? 0);
        }

        // Read after the points: what is being written has had its job's row since before its first point.
        var live = await db.Documents.AsNoTracking().Where(d => d.KnowledgeBase == knowledgeBase && d.LiveGeneration > 0)
            .Select(d => new { d.Id, d.LiveGeneration, d.LivePassages }).ToListAsync(cancel);
        var writing = (await db.Jobs.Where(j => j.KnowledgeBase == knowledgeBase).Select(j => new { j.Document, j.Generation }).ToListAsync(cancel))
            .Select(j => (j.Document, j.Generation)).ToHashSet();
        long written = 0;
        foreach (var document in live)
        {
            var missing = Enumerable.Range(0, document.LivePassages)
                .Where(ordinal => !seen.Remove(new PointId(ChunkIds.Of(document.Id, document.LiveGeneration, ordinal).Value))).ToHashSet();
            await WriteAsync(db, collection, knowledgeBase, document.Id, document.LiveGeneration, missing, cancel);
            written += missing.Count;
        }

        var surplus = seen.Where(point => !writing.Contains(point.Value)).Select(point => point.Key).ToList();
        await client.DeleteAsync(collection, surplus, cancel);
        if (written + surplus.Count > 0)
        {
            logger.QdrantRepaired(knowledgeBase, written, surplus.Count);
        }

        return (written, surplus.Count);
    }

    /// <summary>Fills a collection with the live passages and their coming vectors.</summary>
    public async Task FillAsync(string collection, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var documents = await db.Documents.Where(d => d.LiveGeneration > 0).Select(d => new { d.Id, d.KnowledgeBase, d.LiveGeneration }).ToListAsync(cancel);
        foreach (var document in documents)
        {
            var vectors = await db.Chunks.Where(c => c.Document == document.Id && c.Generation == document.LiveGeneration)
                .Join(db.NextVectors, c => c.Row, v => v.Row, (_, v) => v).AsNoTracking().ToDictionaryAsync(v => v.Row, v => v.Vector, cancel);
            var points = new List<QdrantPoint>();
            await foreach (var chunk in StoredChunks.ReadAsync(db, document.Id, document.LiveGeneration).WithCancellation(cancel))
            {
                if (vectors.TryGetValue(chunk.Row, out var vector))
                {
                    points.Add(PointOf(document.KnowledgeBase, document.Id, document.LiveGeneration, chunk, vector));
                }
            }

            await client.UpsertAsync(collection, points, cancel);
        }
    }

    public void Dispose() => gate.Dispose();

    private static QdrantPoint PointOf(KnowledgeBaseId knowledgeBase, DocumentId document, int generation, StoredChunk chunk, byte[] packed)
    {
        var vector = new float[packed.Length / sizeof(float)];
        VectorBytes.Unpack(packed, vector);
        return QdrantPoints.Of(knowledgeBase, document, generation, chunk.Ordinal, vector, SparseTerms.OfPassage(Terms.Of(chunk.IndexedText)));
    }

    private async Task WriteAsync(
        KnowledgeDbContext db, string collection, KnowledgeBaseId knowledgeBase, DocumentId document, int generation, HashSet<int> ordinals, CancellationToken cancel)
    {
        if (ordinals.Count == 0)
        {
            return;
        }

        var points = new List<QdrantPoint>();
        await foreach (var chunk in StoredChunks.ReadAsync(db, document, generation).WithCancellation(cancel))
        {
            if (ordinals.Contains(chunk.Ordinal))
            {
                points.Add(PointOf(knowledgeBase, document, generation, chunk, chunk.Vector));
            }

            if (points.Count == PointsAtOnce)
            {
                await client.UpsertAsync(collection, points, cancel);
                points.Clear();
            }
        }

        await client.UpsertAsync(collection, points, cancel);
    }

    private async IAsyncEnumerable<(PointId Id, PointPayload Payload)> ScrollAsync(
        string collection, QdrantFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        PointId? from = null;
        do
        {
            var page = await client.ScrollAsync(collection, filter, ScrollLimit, from, [QdrantSchema.Document, QdrantSchema.Generation], cancel);
            foreach (var point in page.Points)
            {
                yield return point;
            }

            from = page.Next;
        }
        while (from is not null);
    }
}
