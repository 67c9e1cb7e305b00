using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Jobs;

/// <summary>
/// The fence before every write of a worker: inside the caller's transaction, renews the lease if the job is still held under this
/// attempt. SQLite admits one writer at a time, so what was found holds until the transaction ends.
/// </summary>
internal static class LeaseGuard
{
    public static async Task<LeaseState> HoldAsync(this KnowledgeDbContext db, JobLease lease, DateTime leaseEnd, CancellationToken cancel)
    {
        var held = await db.Held(lease).ExecuteUpdateAsync(job => job.SetProperty(j => j.LeaseEnd, leaseEnd), cancel);
        if (held == 0)
        {
            return LeaseState.Lost;
        }

        return await db.Held(lease).AnyAsync(j => j.CancelRequested, cancel) ? LeaseState.CancelRequested : LeaseState.Held;
    }

    public static IQueryable<IngestionJob> Held(this KnowledgeDbContext db, JobLease lease) =>
        db.Jobs.Where(j => j.Id == lease.Job && j.Attempt == lease.Attempt && j.Owner == lease.Owner && j.LeaseEnd != null);
}
