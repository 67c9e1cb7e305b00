using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Rag.Retrieval.Knowledge;

/// <summary>
/// Deletes bytes that no document refers to. Each check holds the database's write lock, so no document can come to own the bytes
/// between the question and the deletion.
/// </summary>
internal sealed class UploadCleaner(IDbContextFactory<KnowledgeDbContext> contexts, UploadStore store, ILogger<UploadCleaner> logger)
{
    /// <returns>How many were deleted.</returns>
    public async Task<int> RemoveUnreferencedAsync(IEnumerable<string> contentHashes, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var removed = 0;
        foreach (var hash in contentHashes.Distinct())
        {
            if (await IsReferencedAsync(db, hash, cancel))
            {
                continue;   // seen without the lock: most are in use
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            if (!await IsReferencedAsync(db, hash, cancel) && store.Remove(hash))
            {
                removed++;
            }
        }

        return removed;
    }

    /// <summary>By a file as it is, by the one that is to take its place, or by what it was when an answer quoted it.</summary>
    private static async Task<bool> IsReferencedAsync(KnowledgeDbContext db, string hash, CancellationToken cancel) =>
        await db.Documents.AnyAsync(d => d.ContentHash == hash || d.NextHash == hash, cancel) || await db.DocumentVersions.AnyAsync(v => v.ContentHash == hash, cancel);

    /// <summary>Bytes whose document never came, or whose deletion was cut short.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        var removed = await RemoveUnreferencedAsync(store.ListOld(), cancel);
        if (removed > 0)
        {
            logger.OrphansDeleted(removed);
        }
    }
}
