using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Search;

/// <summary>Reads the chunks behind hits. Joined with live generations, so what was deleted or replaced since the index answered is left out.</summary>
internal static class PassageLoader
{
    /// <returns>In the order of the hits.</returns>
    public static async Task<List<FoundChunk>> LoadAsync(
        KnowledgeDbContext db, KnowledgeScope scope, IReadOnlyList<FusedHit> hits, CancellationToken cancel)
    {
        var rows = hits.Select(hit => hit.Row).ToList();
        var found = await (
            from chunk in db.Chunks
            join document in db.Documents on new { Id = chunk.Document, chunk.Generation } equals new { document.Id, Generation = document.LiveGeneration }
            where rows.Contains(chunk.Row) && document.KnowledgeBase == scope.KnowledgeBase
            select new { Chunk = chunk, document.Id, document.LiveGeneration, document.Title, document.FileName, document.ContentHash })
            .AsNoTracking().ToDictionaryAsync(row => row.Chunk.Row, cancel);
        var chunks = new List<FoundChunk>(found.Count);
        foreach (var hit in hits)
        {
            if (found.TryGetValue(hit.Row, out var row))
            {
                var c = row.Chunk;
                var vector = new float[c.Vector.Length / sizeof(float)];
                VectorBytes.Unpack(c.Vector, vector);
                chunks.Add(new FoundChunk(
                    hit, new SourceDocument(row.Id, row.LiveGeneration, row.Title, row.FileName, row.ContentHash), c.Ordinal, c.Text, c.HeadingPath,
                    c.Caption, c.Start, c.End, new PageRange(c.PageFrom, c.PageTo), vector));
            }
        }

        return chunks;
    }
}
