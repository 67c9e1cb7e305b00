using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>
/// Keeps vectors of knowledge bases in memory. Each search compares the version in SQL, so a publish or delete by another process is
/// seen at once; only documents that changed are read again.
/// </summary>
internal sealed class VectorMemory(IOptions<RetrievalOptions> options, ILogger<VectorMemory> logger)
{
    private readonly Lock gate = new();
    private readonly Dictionary<KnowledgeBaseId, Entry> entries = [];
    private long uses;

    /// <returns>Null when the knowledge base has no documents yet.</returns>
    public async Task<LiveVectors?> LoadAsync(KnowledgeDbContext db, KnowledgeScope scope, CancellationToken cancel)
    {
        var id = scope.KnowledgeBase;
        // Read before the documents: what changes in between is newer than this version and is read again next time.
        var statistics = await db.KnowledgeBases.Where(k => k.Id == id)
            .Select(k => new ScopeStatistics(k.Number, k.Version, k.PassageCount, k.TermCount)).FirstOrDefaultAsync(cancel);
        if (statistics is null)
        {
            Forget(id);
            return null;
        }

        var entry = Use(id);
        if (entry.Live is { } current && current.Statistics == statistics)
        {
            return current;
        }

        await entry.Loading.WaitAsync(cancel);   // one load at a time for each knowledge base
        try
        {
            if (entry.Live is { } loaded && loaded.Statistics.Version >= statistics.Version && loaded.Statistics.Number == statistics.Number)
            {
                return loaded;
            }

            var live = new LiveVectors(statistics, await ReadAsync(db, id, entry.Live?.Documents ?? [], cancel));
            entry.Live = live;
            logger.VectorsLoaded(id, live.TermCounts.Count);
            Trim(id);
            return live;
        }
        finally
        {
            entry.Loading.Release();
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
        }
    }
    private static async Task<IReadOnlyList<DocumentVectors>> ReadAsync(
        KnowledgeDbContext db, KnowledgeBaseId id, IReadOnlyList<DocumentVectors> known, CancellationToken cancel)
    {
        var kept = known.ToDictionary(d => (d.Document, d.Generation));
        var documents = new List<DocumentVectors>();
        var live = await db.Documents.Where(d => d.KnowledgeBase == id && d.LiveGeneration > 0).OrderBy(d => d.Id)
            .Select(d => new { d.Id, d.LiveGeneration }).ToListAsync(cancel);
        foreach (var document in live)
        {
            documents.Add(kept.GetValueOrDefault((document.Id, document.LiveGeneration))
                ?? await ReadAsync(db, document.Id, document.LiveGeneration, cancel));
        }

        return documents;
    }

    private static async Task<DocumentVectors> ReadAsync(KnowledgeDbContext db, DocumentId document, int generation, CancellationToken cancel)
    {
        var rows = new List<long>();
        var terms = new List<int>();
        var vectors = new List<byte[]>();
        var chunks = db.Chunks.Where(c => c.Document == document && c.Generation == generation).OrderBy(c => c.Ordinal)
            .Select(c => new { c.Row, c.TermCount, c.Vector });
        await foreach (var chunk in chunks.AsAsyncEnumerable().WithCancellation(cancel))
        {
            rows.Add(chunk.Row);
            terms.Add(chunk.TermCount);
            vectors.Add(chunk.Vector);
        }

        var dimensions = vectors.Count == 0 ? 0 : vectors[0].Length / sizeof(float);
        var all = new float[vectors.Count * dimensions];
        for (var i = 0; i < vectors.Count; i++)
        {
            VectorBytes.Unpack(vectors[i], all.AsSpan(i * dimensions, dimensions));
        }

        return new DocumentVectors(document, generation, [.. rows], [.. terms], all);
    }

    private Entry Use(KnowledgeBaseId id)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(id, out var entry))
            {
                entries[id] = entry = new Entry();
            }

            entry.LastUse = ++uses;
            return entry;
        }
    }

    private void Forget(KnowledgeBaseId id)
    {
        lock (gate)
        {
            entries.Remove(id);
        }
    }

    /// <summary>Drops the knowledge bases unused for longest until the rest fits; the one in use stays, whatever its size.</summary>
    private void Trim(KnowledgeBaseId inUse)
    {
        lock (gate)
        {
            var total = entries.Values.Sum(entry => entry.Live?.Bytes ?? 0);
            foreach (var (id, entry) in entries.Where(e => e.Key != inUse).OrderBy(e => e.Value.LastUse).ToList())
            {
                if (total <= options.Value.VectorMemoryBytes)
                {
                    return;
                }

                total -= entry.Live?.Bytes ?? 0;
                entries.Remove(id);
            }
        }
    }

#pragma warning disable CA1001 // a semaphore whose wait handle is never asked for holds nothing to release
    private sealed class Entry
#pragma warning restore CA1001
    {
        public readonly SemaphoreSlim Loading = new(1, 1);
        public volatile LiveVectors? Live;
        public long LastUse;
    }
}
