using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>
/// What stands in the collection and must not be found: generations that the outbox has yet to delete, and those still being written.
/// They are few; named in the filter, they take no places in the lists. Hits are compared with SQL afterwards all the same.
/// </summary>
internal static class HiddenGenerations
{
    private const int MostRows = 4_000;
    private const int MostConditions = 12;   // each of three parts at most, below the collection's limit together with the tenant

    public static async Task<IReadOnlyList<QdrantCondition>> ConditionsAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, CancellationToken cancel)
    {
        var dead = await db.Outbox.Where(e => e.KnowledgeBase == knowledgeBase).OrderBy(e => e.Id)
            .Select(e => new { e.Document, e.Generation }).Take(MostRows).ToListAsync(cancel);
        var unborn = await db.Jobs.Where(j => j.KnowledgeBase == knowledgeBase).OrderBy(j => j.Id)
            .Select(j => new { j.Document, Generation = (int?)j.Generation }).Take(MostRows).ToListAsync(cancel);
        var hidden = dead.Concat(unborn).Distinct().ToList();
        if (hidden.Count == 0)
        {
            return [];
        }

        var documents = hidden.Select(h => h.Document).Distinct().ToList();
        var live = await db.Documents.Where(d => documents.Contains(d.Id) && d.LiveGeneration > 0)
            .ToDictionaryAsync(d => d.Id, d => d.LiveGeneration, cancel);
        var whole = hidden.Where(h => !live.ContainsKey(h.Document)).Select(h => h.Document.ToString()).Distinct()
            .Chunk(QdrantLimits.MaxConditionSize)
            .Select(some => QdrantCondition.IsAny(QdrantSchema.Document, some));
        var generations = hidden.Where(h => live.TryGetValue(h.Document, out var current) && h.Generation is { } generation && generation != current)
            .GroupBy(h => h.Generation!.Value, h => h.Document.ToString())
            .SelectMany(group => group.Distinct().Chunk(QdrantLimits.MaxConditionSize).Select(some => QdrantCondition.All(QdrantFilter.Of(
                QdrantCondition.Is(QdrantSchema.Generation, group.Key), QdrantCondition.IsAny(QdrantSchema.Document, some)))));
        return [.. whole.Concat(generations).Take(MostConditions)];
    }
}
