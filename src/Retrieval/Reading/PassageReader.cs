using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Reading;

/// <summary>Neighbouring passages of one file with the pages they stand on.</summary>
internal sealed record ReadBatch(ReadingFile File, IReadOnlyList<ReadPassage> Passages, DocumentText Text);

internal sealed class PassageReader(IDbContextFactory<KnowledgeDbContext> contexts) : IPassageReader
{
    /// <summary>Passages read at once: what a reading holds in memory, and how often it can be stopped.</summary>
    public const int BatchSize = 32;

    public async Task<ReadingPlan> PlanAsync(KnowledgeScope scope, DocumentId? only, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var files = await db.Documents.AsNoTracking()
            .Where(d => d.KnowledgeBase == scope.KnowledgeBase && d.LiveGeneration > 0 && (only == null || d.Id == only))
            .OrderBy(d => d.CreatedAt).ThenBy(d => d.Id)
            .Select(d => new { d.Id, d.LiveGeneration, d.Title, d.FileName, d.LivePassages })
            .ToListAsync(cancel);
        return new ReadingPlan(files.ConvertAll(f => new ReadingFile(f.Id, f.LiveGeneration, f.Title, f.FileName, f.LivePassages)));
    }

    public async IAsyncEnumerable<ReadPassage> ReadAsync(KnowledgeScope scope, ReadingPlan plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var batch in ReadBatchesAsync(scope, plan, cancel))
        {
            foreach (var passage in batch.Passages)
            {
                yield return passage;
            }
        }
    }

    internal async IAsyncEnumerable<ReadBatch> ReadBatchesAsync(KnowledgeScope scope, ReadingPlan plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var file in plan.Files)
        {
            for (var first = 0; first < file.Passages; first += BatchSize)
            {
                cancel.ThrowIfCancellationRequested();
                if (await ReadBatchAsync(scope, file, first, cancel) is not { } batch)
                {
                    break;   // deleted or replaced since
                }

                yield return batch;
            }
        }
    }

    private async Task<ReadBatch?> ReadBatchAsync(KnowledgeScope scope, ReadingFile file, int first, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var chunks = await (
            from chunk in db.Chunks
            join document in db.Documents on new { Id = chunk.Document, chunk.Generation } equals new { document.Id, Generation = document.LiveGeneration }
            where chunk.Document == file.Document && chunk.Generation == file.Generation && document.KnowledgeBase == scope.KnowledgeBase
                && chunk.Ordinal >= first && chunk.Ordinal < first + BatchSize
            orderby chunk.Ordinal
            select new { Chunk = chunk, document.ContentHash })
            .AsNoTracking().ToListAsync(cancel);
        if (chunks.Count == 0)
        {
            return null;
        }

        var pages = new PageRange(chunks.Min(c => c.Chunk.PageFrom), chunks.Max(c => c.Chunk.PageTo));
        var text = (await DocumentText.LoadAsync(db, scope, [(file.Document, file.Generation, pages)], cancel))[(file.Document, file.Generation)];
        // Deleted between the two queries: without its page a passage cannot be shown in its place.
        var passages = chunks.Where(c => text.Holds(c.Chunk.Start, c.Chunk.End)).Select(c => Read(file, c.Chunk, c.ContentHash)).ToList();
        return passages.Count == 0 ? null : new ReadBatch(file, passages, text);
    }

    private static ReadPassage Read(ReadingFile file, Chunk chunk, string contentHash)
    {
        var vector = new float[chunk.Vector.Length / sizeof(float)];
        VectorBytes.Unpack(chunk.Vector, vector);
        var passage = new Passage(
            ChunkIds.Of(file.Document, file.Generation, chunk.Ordinal), file.Document, file.Generation, file.Title, file.FileName, contentHash,
            new PageRange(chunk.PageFrom, chunk.PageTo), chunk.Start, chunk.End, chunk.Text, chunk.HeadingPath, chunk.Caption, null, null, null, null, 0);
        return new ReadPassage(passage, chunk.Ordinal, vector);
    }
}
