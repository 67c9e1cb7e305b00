using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Retrieval.Tests.Indexing.Qdrant;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing;

public class IndexWriterTests
{
    /// <summary>Null: the embedded index. The same tests run against both.</summary>
    private protected virtual FakeQdrant? Qdrant => null;

    private static readonly TimeSpan PastLease = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task Document_Published_IsReadyAndItsPagesAreThere()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();

        var document = await store.PublishAsync(scope, "Garden", "Roses need sun.", "Ferns need shade.");

        var status = await store.StatusAsync(scope, document);
        Assert.Equal((DocumentState.Ready, "Garden", 2, 2, 1), (status.State, status.Title, status.PageCount, status.ChunkCount, status.LiveGeneration));
        Assert.True(status.IsFinal && status.IsSearchable);
        Assert.Null(status.Message);
        var page = await store.Library.FindPageAsync(scope, document, 1, 2, Cancel);
        Assert.Equal(("Ferns need shade.\n", 16, 1), (page!.Text, page.Start, page.Lines.Count));
        Assert.Null(await store.Library.FindPageAsync(scope, document, 1, 3, Cancel));
        Assert.Null(await store.Library.FindPageAsync(scope, document, 2, 1, Cancel));
        Assert.Null(await store.Library.FindPageAsync(NewScope(), document, 1, 1, Cancel));
        Assert.Null(await store.Jobs.TryLeaseAsync("w", Cancel));
        Assert.False(await store.Library.CancelAsync(scope, document, Cancel));
        Assert.False(await store.Library.RetryAsync(scope, document, Cancel));
    }

    [Theory]
    [InlineData(new[] { 7 }, 20, "Page 7 has no text; it may be a scan and cannot be searched.")]
    [InlineData(new[] { 7, 8, 9 }, 20, "Pages 7–9 have no text; they may be scans and cannot be searched.")]
    [InlineData(new[] { 1, 3, 4, 9 }, 20, "Pages 1, 3–4 and 9 have no text; they may be scans and cannot be searched.")]
    [InlineData(new[] { 1, 3, 5, 7, 9, 11, 13, 14 }, 20, "Pages 1, 3, 5, 7, 9 and 3 more have no text; they may be scans and cannot be searched.")]
    [InlineData(new[] { 1, 2 }, 2, Refusals.NoTextFound)]
    [InlineData(new int[0], 20, null)]
    public void Warning_NamesThePagesWithoutText(int[] pages, int pageCount, string? sentence) => Assert.Equal(sentence, WarningSentence.For(pages, pageCount));

    [Fact]
    public void Warning_SaysWhatBecameOfScans()
    {
        var facts = new DocumentFacts("t", 20, 5, [3, 7, 8])
        {
            ScannedPages = [7, 8],
            RecognisedPages = [4, 5, 6],
            UnsurePages = [5],
            UnreadScans = [new("the picture is damaged", [7, 8])],
        };
        Assert.Equal(
            "Page 3 has no text; it may be a scan and cannot be searched. Pages 7–8 are scans that could not be read: the picture is damaged. Page 5 is a scan hard to read by OCR; compare answers with the file.",
            WarningSentence.For(facts, passages: 5));
        Assert.Equal(" The text of pages 4–6 was recognised from pictures (OCR).", WarningSentence.Recognised(facts));
        Assert.StartsWith(Refusals.NoTextFound + " Pages 7–8 are scans", WarningSentence.For(facts, passages: 0), StringComparison.Ordinal);
        Assert.Null(WarningSentence.For(new DocumentFacts("t", 2, 5, []) { RecognisedPages = [1, 2] }, passages: 5));
    }

    [Fact]
    public async Task Document_WithPagesWithoutText_IsReadyWithAWarning()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var (pages, chunks) = Pieces.Of("Some text.");
        pages.Add(new PageText(2, "ii", 612, 792, 11, "", []));

        await store.WriteAsync(await store.LeaseAsync(), new DocumentFacts("t", 2, 1, [2]), pages, chunks);

        var status = await store.StatusAsync(scope, document);
        Assert.Equal(DocumentState.ReadyWithWarnings, status.State);
        Assert.Equal("Page 2 has no text; it may be a scan and cannot be searched.", status.Message);
        Assert.Equal([2], status.PagesWithoutText);
        Assert.Equal("ii", (await store.Library.FindPageAsync(scope, document, 1, 2, Cancel))!.Label);
    }

    [Fact]
    public async Task Document_WithoutAnyText_SaysThatNoneWasFound()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);

        await store.WriteAsync(await store.LeaseAsync(), new DocumentFacts("scan", 1, 0, [1]), [new PageText(1, null, 612, 792, 0, "", [])], []);

        var status = await store.StatusAsync(scope, document);
        Assert.Equal((DocumentState.ReadyWithWarnings, Refusals.NoTextFound), (status.State, status.Message));
        var result = await store.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest("anything", [], 1_000), Cancel);
        Assert.False(result.Answerable);
        Assert.Empty(result.Passages);
    }

    [Fact]
    public async Task Writes_RepeatedByTheSameWorker_LeaveOneSet()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        var (pages, chunks) = Pieces.Of("one", "two", "three");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(LeaseState.Held, await store.Writer.SavePagesAsync(lease, pages, Cancel));
            Assert.Equal(LeaseState.Held, await store.Writer.SaveChunksAsync(lease, "t", await store.EmbedAsync("t", chunks), Cancel));
        }

        Assert.Equal(LeaseState.Held, await store.Writer.PublishAsync(lease, new DocumentFacts("t", 3, 3, []), Cancel));
        Assert.Equal(LeaseState.Lost, await store.Writer.PublishAsync(lease, new DocumentFacts("t", 3, 3, []), Cancel));

        await using var db = await store.DatabaseAsync();
        Assert.Equal([0, 1, 2], await db.Chunks.Where(c => c.Document == document).Select(c => c.Ordinal).Order().ToListAsync(Cancel));
        AssertIndexed(3);
        Assert.Equal(3, await db.Pages.CountAsync(Cancel));
    }

    [Fact]
    public async Task Writes_AfterAnotherWorkerTookTheJob_AreFencedOffAndOneSetStands()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.AddAsync(scope);
        var late = await store.LeaseAsync("w1");
        var (pages, chunks) = Pieces.Of("first", "second", "a chunk that the second worker does not make");
        await store.Writer.SavePagesAsync(late, pages, Cancel);
        await store.Writer.SaveChunksAsync(late, "t", await store.EmbedAsync("t", chunks), Cancel);
        store.Clock.Advance(PastLease);
        var current = await store.LeaseAsync("w2");

        Assert.Equal(LeaseState.Lost, await store.Writer.SavePagesAsync(late, pages, Cancel));
        Assert.Equal(LeaseState.Lost, await store.Writer.SaveChunksAsync(late, "late", await store.EmbedAsync("late", chunks), Cancel));
        Assert.Equal(LeaseState.Lost, await store.Writer.PublishAsync(late, new DocumentFacts("late", 3, 3, []), Cancel));
        Assert.Equal(LeaseState.Held, await store.WriteAsync(current, "t", "first", "second"));

        await using var db = await store.DatabaseAsync();
        Assert.Equal(["first", "second"], await db.Chunks.OrderBy(c => c.Ordinal).Select(c => c.Text).ToListAsync(Cancel));
        Assert.Equal(2, await db.Pages.CountAsync(Cancel));
        AssertIndexed(2);
        var statistics = await db.KnowledgeBases.SingleAsync(Cancel);
        Assert.Equal(2, statistics.PassageCount);
    }

    [Fact]
    public async Task Publish_WithChunksMissing_ThrowsAndNothingGoesLive()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        var (pages, chunks) = Pieces.Of("one", "two");
        await store.Writer.SavePagesAsync(lease, pages, Cancel);
        await store.Writer.SaveChunksAsync(lease, "t", await store.EmbedAsync("t", [chunks[1]]), Cancel);

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.Writer.PublishAsync(lease, new DocumentFacts("t", 2, 2, []), Cancel));

        Assert.False((await store.StatusAsync(scope, document)).IsSearchable);
        Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Indexing), Cancel));
    }

    [Fact]
    public async Task Remains_OfAFailedAttempt_AreDeletedAndTheRetrySucceeds()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        var (pages, chunks) = Pieces.Of("old one", "old two");
        await store.Writer.SavePagesAsync(lease, pages, Cancel);
        await store.Writer.SaveChunksAsync(lease, "t", await store.EmbedAsync("t", chunks), Cancel);
        await store.Jobs.FailAsync(lease, RefusalReason.TimedOut, Cancel);
        await store.Library.RetryAsync(scope, document, Cancel);
        await store.WriteAsync(await store.LeaseAsync(), "t", "new");

        await store.Get<OutboxWorker>().DrainAsync(Cancel);

        await using var db = await store.DatabaseAsync();
        Assert.Equal(["new"], await db.Chunks.Select(c => c.Text).ToListAsync(Cancel));
        Assert.Equal(1, await db.Pages.CountAsync(Cancel));
        AssertIndexed(1);
        Assert.Equal(0, await db.Outbox.CountAsync(Cancel));
    }

    [Fact]
    public async Task Document_Deleted_LeavesNoTraceInTheFileOnceTheOutboxIsEmpty()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.PublishAsync(scope, "Secret", [.. Enumerable.Range(0, 450).Select(i => $"canaryword{i} stands in passage {i}.")]);
        await store.PublishAsync(scope, "Kept", "An ordinary passage.");

        Assert.True(await FilesHoldAsync(store.Folder, "canaryword"));

        Assert.True(await store.Library.DeleteAsync(scope, document, Cancel));
        Assert.False(await store.Library.DeleteAsync(scope, document, Cancel));
        await store.Get<OutboxWorker>().DrainAsync(Cancel);

        await using (var db = await store.DatabaseAsync())
        {
            Assert.Equal(1, await db.Chunks.CountAsync(Cancel));
            AssertIndexed(1);
            var statistics = await db.KnowledgeBases.SingleAsync(Cancel);
            Assert.Equal((1, 3), (statistics.PassageCount, statistics.TermCount));
        }

        Assert.False(await FilesHoldAsync(store.Folder, "canaryword"));
        Assert.True(await FilesHoldAsync(store.Folder, "An ordinary passage."));
    }

    [Fact]
    public async Task KnowledgeBase_Deleted_TakesItsFilesJobsAndBytes()
    {
        await using var store = await OpenAsync();
        var (mine, yours) = (NewScope(), NewScope());
        await store.PublishAsync(mine, "One", "text");
        await store.AddAsync(mine, "waiting.txt");
        var other = await store.PublishAsync(yours, "Other", "text");

        await store.Library.DeleteAllAsync(mine, Cancel);
        await store.Get<OutboxWorker>().DrainAsync(Cancel);

        Assert.Empty(await store.Library.ListAsync(mine, Cancel));
        Assert.Null(await store.Jobs.TryLeaseAsync("w", Cancel));
        Assert.Equal(other, Assert.Single(await store.Library.ListAsync(yours, Cancel)).Id);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(store.Folder, "uploads"), "*", SearchOption.AllDirectories));
        await using var db = await store.DatabaseAsync();
        Assert.Equal(1, await db.Chunks.CountAsync(Cancel));
        Assert.Equal(1, await db.KnowledgeBases.CountAsync(Cancel));
    }

    [Fact]
    public async Task Database_WhenTheDiskIsFull_SaysSoAndRecovers()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        var (pages, chunks) = Pieces.Of([.. Enumerable.Range(0, 50).Select(i => $"Paragraph {i} {new string('x', 4_000)}")]);
        await using (var db = await store.DatabaseAsync())
        {
            // Pages of this connection's file: what a full disk looks like to SQLite. Pooled, so the writer gets the same connection.
            await db.Database.OpenConnectionAsync(Cancel);
            await db.Database.ExecuteSqlRawAsync("PRAGMA max_page_count = 1;", Cancel);
        }

        var error = await Assert.ThrowsAnyAsync<Exception>(() => store.Writer.SavePagesAsync(lease, pages, Cancel));
        Assert.True(StorageFaults.IsStorageFull(error));

        await using (var db = await store.DatabaseAsync())
        {
            await db.Database.OpenConnectionAsync(Cancel);
            await db.Database.ExecuteSqlRawAsync("PRAGMA max_page_count = 1073741823;", Cancel);
            Assert.Equal(0, await db.Pages.CountAsync(Cancel));
        }

        Assert.Equal(LeaseState.Held, await store.WriteAsync(lease, new DocumentFacts("t", 50, 50, []), pages, chunks));
    }

    [Fact]
    public void Faults_OtherThanAFullDisk_AreNotTakenForOne()
    {
        Assert.False(StorageFaults.IsStorageFull(new IOException("The file is in use.")));
        Assert.False(StorageFaults.IsStorageFull(new InvalidOperationException()));
        Assert.False(StorageFaults.IsStorageFull(null));
        Assert.True(StorageFaults.IsStorageFull(new InvalidOperationException("outer", new IOException("No space left on device", 28))));
    }

    [Fact]
    public void ChunkId_IsAVersionFiveUuidOfDocumentGenerationAndOrdinal()
    {
        var document = DocumentId.New();

        var id = ChunkIds.Of(document, 1, 2);

        Assert.Equal(id, ChunkIds.Of(document, 1, 2));
        Assert.Equal(5, id.Value.Version);
        Assert.Equal(4, new[] { id, ChunkIds.Of(document, 2, 1), ChunkIds.Of(document, 1, 3), ChunkIds.Of(DocumentId.New(), 1, 2) }.Distinct().Count());
    }

    private static async Task<bool> FilesHoldAsync(string folder, string text)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            if ((await reader.ReadToEndAsync(Cancel)).Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many passages an index outside the database holds, live or not.</summary>
    private void AssertIndexed(int passages) => Assert.Equal(passages, Qdrant?.Live.Count ?? passages);

    private Task<Store> OpenAsync() => Store.OpenAsync(qdrant: Qdrant);
}

public sealed class QdrantIndexWriterTests : IndexWriterTests
{
    private protected override FakeQdrant? Qdrant { get; } = new();
}
