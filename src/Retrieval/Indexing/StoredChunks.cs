using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>What an index needs of a stored chunk, so that it can be filled from the database at any time.</summary>
/// <param name="IndexedText">What was embedded and indexed: title, headings and caption in front of the text.</param>
internal sealed record StoredChunk(long Row, int Ordinal, string IndexedText, byte[] Vector);

internal static class StoredChunks
{
    /// <summary>Chunks that have no vector of the coming embedding model yet, after a row, by row.</summary>
    public static async Task<List<StoredChunk>> NextWithoutVectorAsync(KnowledgeDbContext db, long after, int most, CancellationToken cancel)
    {
        var rows = await (
            from chunk in db.Chunks
            from owner in db.Documents.Where(d => d.Id == chunk.Document).DefaultIfEmpty()   // none where the outbox has yet to delete it
            where chunk.Row > after && !db.NextVectors.Any(v => v.Row == chunk.Row)
            orderby chunk.Row
            select new { chunk.Row, chunk.Ordinal, Title = chunk.IndexedTitle ?? owner!.Title, chunk.HeadingPath, chunk.Caption, chunk.Text })
            .Take(most).ToListAsync(cancel);
        return rows.ConvertAll(row => new StoredChunk(row.Row, row.Ordinal, IndexedText(row.Title, row.HeadingPath, row.Caption, row.Text), []));
    }

    /// <summary>The chunks of one generation, in order.</summary>
    public static async IAsyncEnumerable<StoredChunk> ReadAsync(KnowledgeDbContext db, DocumentId document, int generation)
    {
        var rows =
            from chunk in db.Chunks
            join owner in db.Documents on chunk.Document equals owner.Id
            where chunk.Document == document && chunk.Generation == generation
            orderby chunk.Ordinal
            select new { chunk.Row, chunk.Ordinal, Title = chunk.IndexedTitle ?? owner.Title, chunk.HeadingPath, chunk.Caption, chunk.Text, chunk.Vector };
        await foreach (var row in rows.AsAsyncEnumerable())
        {
            yield return new StoredChunk(row.Row, row.Ordinal, IndexedText(row.Title, row.HeadingPath, row.Caption, row.Text), row.Vector);
        }
    }

    private static string IndexedText(string? title, string? headings, string? caption, string text) =>
        new ChunkDraft(0, text, headings, caption, 0, text.Length, new PageRange(1, 1)).IndexedText(title ?? "");
}
