using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Composition;

/// <summary>Where a worker can be made to wait, so that fault runs hit every stage. In the order in which a file passes them.</summary>
internal enum StopPoint
{
    /// <summary>The job is taken, nothing is read.</summary>
    Taken,

    /// <summary>Some pages are stored.</summary>
    Pages,

    /// <summary>All pages are stored and cut; nothing is embedded.</summary>
    Chunked,

    /// <summary>Some chunks are stored.</summary>
    Chunks,

    /// <summary>Everything is stored, nothing is live.</summary>
    Publish,

    /// <summary>The new generation is live, the old one not yet deleted.</summary>
    Published,
}

/// <summary>
/// For tests only: a writer that waits at one point until a file named "go" stands in the workers' folder. Not part of a worker unless
/// <see cref="IngestionOptions.ExtractorTestFaults"/> is on and a point is named.
/// </summary>
internal sealed class TestStops(IIndexWriter inner, StopPoint at, string goFile, TimeProvider clock, ILogger<TestStops> logger) : IIndexWriter
{
    private int pages, chunks;

    public static void Add(HostApplicationBuilder builder, string dataFolder)
    {
        if (builder.Configuration["Ingestion:ExtractorTestFaults"] != "true" || !Enum.TryParse(builder.Configuration["Ingestion:TestStopAt"], out StopPoint at))
        {
            return;
        }

        ServiceDescriptor writer = builder.Services.Last(descriptor => descriptor.ServiceType == typeof(IIndexWriter));
        builder.Services.Remove(writer);
        builder.Services.AddSingleton<IIndexWriter>(provider => new TestStops(
            (IIndexWriter)ActivatorUtilities.CreateInstance(provider, writer.ImplementationType!), at, Path.Combine(dataFolder, "workers", "go"),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TestStops>>()));
    }

    public IAsyncEnumerable<PageText> StoredPagesAsync(JobLease lease, CancellationToken cancel) => inner.StoredPagesAsync(lease, cancel);

    public async Task<LeaseState> SavePagesAsync(JobLease lease, IReadOnlyList<PageText> pages, CancellationToken cancel)
    {
        await ReachAsync(this.pages++ == 0 ? StopPoint.Taken : StopPoint.Pages, cancel);
        return await inner.SavePagesAsync(lease, pages, cancel);
    }

    public async Task<IReadOnlySet<int>> StoredChunksAsync(JobLease lease, string title, IReadOnlyList<ChunkDraft> chunks, CancellationToken cancel)
    {
        await ReachAsync(this.chunks == 0 ? StopPoint.Chunked : StopPoint.Chunks, cancel);
        return await inner.StoredChunksAsync(lease, title, chunks, cancel);
    }

    public Task<LeaseState> SaveChunksAsync(JobLease lease, string title, IReadOnlyList<EmbeddedChunk> chunks, CancellationToken cancel)
    {
        this.chunks++;
        return inner.SaveChunksAsync(lease, title, chunks, cancel);
    }

    public async Task<LeaseState> PublishAsync(JobLease lease, DocumentFacts facts, CancellationToken cancel)
    {
        await ReachAsync(StopPoint.Publish, cancel);
        LeaseState state = await inner.PublishAsync(lease, facts, cancel);
        await ReachAsync(StopPoint.Published, cancel);
        return state;
    }

    private async Task ReachAsync(StopPoint point, CancellationToken cancel)
    {
        if (point != at)
        {
            return;
        }

        logger.StoppedForATest(point);
        while (!File.Exists(goFile))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancel);
        }
    }
}
