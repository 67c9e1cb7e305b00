using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing.Qdrant;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

internal sealed class IndexStatusReader(
    IDbContextFactory<KnowledgeDbContext> contexts,
    EmbedderTakeover takeover,
    QdrantHealth health,
    IOptions<StorageOptions> storage,
    IOptions<QdrantOptions> qdrant) : IIndexStatus
{
    public async Task<IndexStatus> ReadAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return new IndexStatus(
            await db.Documents.CountAsync(d => d.LiveGeneration > 0, cancel),
            await db.Documents.Where(d => d.LiveGeneration > 0).SumAsync(d => (long)d.LivePassages, cancel),
            await db.Settings.Where(s => s.Key == EmbedderIdentity.Key).Select(s => s.Value).FirstOrDefaultAsync(cancel),
            storage.Value.Index == IndexKind.Qdrant ? Qdrant() : null,
            takeover.Status);
    }

    private QdrantStatus Qdrant()
    {
        var incomplete = health.Incomplete.Values.ToList();
        return new QdrantStatus(
            qdrant.Value.Url, health.Error, health.ReachedAt, health.Comparison,
            incomplete.Count, incomplete.Sum(state => state.There), incomplete.Sum(state => state.Expected));
    }
}
