using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>What must be equal for blocks in memory to be current.</summary>
/// <param name="Number">The knowledge base's in SQL: one deleted and made again starts its versions anew.</param>
/// <param name="Version">Grows with each publish and delete.</param>
internal sealed record BaseVersion(int Number, long Version, BlockOwner Owner)
{
    private static readonly Func<KnowledgeDbContext, KnowledgeBaseId, CancellationToken, Task<Stored?>> Query = EF.CompileAsyncQuery(
        (KnowledgeDbContext db, KnowledgeBaseId id, CancellationToken cancel) => db.KnowledgeBases.Where(k => k.Id == id)
            .Select(k => new Stored(k.Number, k.Version, db.Settings.Where(s => s.Key == EmbedderIdentity.Key).Select(s => s.Value).FirstOrDefault()))
            .FirstOrDefault());

    public bool IsNotOlderThan(BaseVersion other) => Number == other.Number && Owner == other.Owner && Version >= other.Version;

    /// <returns>Null when there is no such knowledge base.</returns>
    public static async Task<BaseVersion?> FindAsync(KnowledgeDbContext db, KnowledgeBaseId id, CancellationToken cancel) =>
        await Query(db, id, cancel) is { } stored ? new BaseVersion(stored.Number, stored.Version, BlockOwner.Of(id, stored.Embedder)) : null;

    private sealed record Stored(int Number, long Version, string? Embedder);
}
