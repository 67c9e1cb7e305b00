using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>What an index needs of a stored chunk, so that it can be filled from the database at any time.</summary>
/// <param name="IndexedText">What was embedded and indexed: title, headings and caption in front of the text.</param>
internal sealed record StoredChunk(long Row, int Ordinal, string IndexedText, byte[] Vector);

internal static class StoredChunks
{
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
            var draft = new ChunkDraft(row.Ordinal, row.Text, row.HeadingPath, row.Caption, 0, row.Text.Length, new PageRange(1, 1));
            yield return new StoredChunk(row.Row, row.Ordinal, draft.IndexedText(row.Title), row.Vector);
        }
    }
}
