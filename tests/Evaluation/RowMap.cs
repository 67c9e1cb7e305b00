using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Evaluation;

/// <summary>Tells which chunk of its document a row is.</summary>
internal sealed class RowMap(Workbench bench)
{
    /// <returns>Ordinals of the chunks of a knowledge base, or of one of its documents, by row.</returns>
    public async Task<Dictionary<long, int>> ReadAsync(KnowledgeScope scope, CancellationToken cancel, DocumentId? document = null)
    {
        await using var db = await bench.Get<IDbContextFactory<KnowledgeDbContext>>().CreateDbContextAsync(cancel);
        return await db.Chunks.Where(chunk => chunk.KnowledgeBase == scope.KnowledgeBase && (document == null || chunk.Document == document))
            .ToDictionaryAsync(chunk => chunk.Row, chunk => chunk.Ordinal, cancel);
    }
}
