using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Tests.Indexing.Qdrant;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing;

public class OutboxWorkerTests
{
    /// <summary>Null: the embedded index. The same tests run against both.</summary>
    private protected virtual FakeQdrant? Qdrant => null;

    [Fact]
    public async Task Worker_Running_DeletesWhatADeletedDocumentLeft()
    {
        await using var store = await OpenAsync();
        var deleted = new Announcement("Remains of document");
        store.Get<ILoggerFactory>().AddProvider(deleted);
        var scope = NewScope();
        var document = await store.PublishAsync(scope, "Garden", "Roses need sun.");
        var worker = store.Get<OutboxWorker>();
        await worker.StartAsync(Cancel);

        await store.Library.DeleteAsync(scope, document, Cancel);

        await deleted.Seen.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await worker.StopAsync(Cancel);
        await using var db = await store.DatabaseAsync();
        Assert.Equal((0, 0, 0), (await db.Chunks.CountAsync(Cancel), await db.Pages.CountAsync(Cancel), await db.Outbox.CountAsync(Cancel)));
        Assert.Equal((0, 0), (await db.DocumentTerms.CountAsync(Cancel), await db.TermStatistics.CountAsync(Cancel)));
        Assert.Equal(0, Qdrant?.Live.Count ?? 0);
    }

    [Fact]
    public async Task Worker_Running_SweepsAbandonedUploads()
    {
        await using var store = await OpenAsync();
        var swept = new Announcement("uploads without a document");
        store.Get<ILoggerFactory>().AddProvider(swept);
        await store.UploadAsync("abandoned");
        store.Clock.Advance(TimeSpan.FromHours(2));
        var worker = store.Get<OutboxWorker>();

        await worker.StartAsync(Cancel);

        await swept.Seen.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await worker.StopAsync(Cancel);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(store.Folder, "uploads"), "*", SearchOption.AllDirectories));
    }

    private Task<Store> OpenAsync() => Store.OpenAsync(qdrant: Qdrant);

    /// <summary>Completes when a message is logged.</summary>
    private sealed class Announcement(string text) : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => seen.Task;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).Contains(text, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        }

        public void Dispose()
        {
        }
    }
}

public sealed class QdrantOutboxWorkerTests : OutboxWorkerTests
{
    private protected override FakeQdrant? Qdrant { get; } = new();
}
