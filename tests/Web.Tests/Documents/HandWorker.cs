using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Documents;

/// <summary>Takes the place of a worker and writes into the store what a worker writes, one fact after the other.</summary>
internal sealed class HandWorker(DocentServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public IJobQueue Jobs => server.Services.GetRequiredService<IJobQueue>();

    public IIndexWriter Writer => server.Services.GetRequiredService<IIndexWriter>();

    /// <summary>The job on that file; those before it in the queue are taken too, and left lying.</summary>
    public async Task<JobLease> TakeAsync(Guid document)
    {
        while (await Jobs.TryLeaseAsync("by hand", Cancel) is { } lease)
        {
            if (lease.Document.Value == document)
            {
                return lease;
            }
        }

        throw new InvalidOperationException("No job waits on that file.");
    }
}
