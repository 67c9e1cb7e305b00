using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Testing;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>From bytes to the index with everything real: SQLite, the embedding model, extractor processes.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task Filing_FromUploadToIndex_IsReady()
    {
        await using Shop shop = await Shop.OpenAsync();
        DocumentStatus status = await shop.IngestAsync(TestData.Apple, await File.ReadAllBytesAsync(TestData.TenQ(TestData.Apple), Shop.Cancel));
        Assert.Equal((DocumentState.Ready, 29, 29, null), (status.State, status.PageCount, status.PagesDone, status.Message));
        Assert.Equal("2023 Q3 AAPL", status.Title);   // the metadata holds an accession number
        var chunks = shop.Writer.Chunks[status.Id];
        Assert.Equal(chunks.Count, status.ChunkCount);
        Assert.Equal(Enumerable.Range(0, chunks.Count), chunks.Keys);
        Assert.All(chunks.Values, chunk => Assert.Equal(1, chunk.Vector.Span.ToArray().Sum(x => x * x), 0.001));
        PageText page = (await shop.Library.FindPageAsync(shop.Scope, status.Id, status.LiveGeneration, 14, Shop.Cancel))!;
        var repurchase = chunks.Values.Single(chunk => chunk.Chunk.Text.Contains("repurchased 365 million shares", StringComparison.Ordinal)).Chunk;
        Assert.Equal(new PageRange(14, 14), repurchase.Pages);
        Assert.Equal(repurchase.Text, page.Text[(repurchase.Start - page.Start)..(repurchase.End - page.Start)]);
        Assert.EndsWith("Share Repurchase Program", repurchase.HeadingPath, StringComparison.Ordinal);

        // What was read can be found: a sentence of running text, and a figure that stands only in table rows.
        SearchResult shares = await AskAsync(shop, "How many shares of its common stock did Apple repurchase in the nine months ended July 1, 2023?");
        Assert.Contains(shares.Evidence, evidence => evidence.Page == 14 && evidence.Text.Contains("365 million shares", StringComparison.Ordinal) && evidence.Boxes.Count > 0);
        SearchResult sales = await AskAsync(shop, "What were Apple's total net sales in the quarter?");
        Assert.Contains(sales.Passages, passage => passage.Text.Contains("Total net sales\t$81,797", StringComparison.Ordinal) && passage.Caption is not null);
    }

    private static Task<SearchResult> AskAsync(Shop shop, string question) => shop.Search.SearchAsync(shop.Scope, new SearchRequest(question, [], 1_500), Shop.Cancel);

    [Fact]
    public async Task BadFiles_EachEndWithTheirSentence_AndTheOneAfterIsReady()
    {
        await using Shop shop = await Shop.OpenAsync(("Ingestion:PageTimeoutSeconds", "3"));
        (string Name, byte[] Content, RefusalReason Reason)[] files =
        [
            ("locked.pdf", PdfFiles.UserPassword(), RefusalReason.Encrypted),
            ("page.pdf", PdfFiles.WrongHeader(), RefusalReason.WrongType),
            ("nothing.pdf", [], RefusalReason.Empty),
            ("byte.pdf", [0x25], RefusalReason.Damaged),
            ("head.pdf", PdfFiles.HeaderOnly(), RefusalReason.Damaged),
            ("deep.pdf", PdfFiles.StackOverflow(), RefusalReason.ExtractorCrashed),
            ("crash.pdf", FaultFiles.Crash(), RefusalReason.ExtractorCrashed),
            ("hang.pdf", FaultFiles.Hang(), RefusalReason.TimedOut),
            ("flood.pdf", FaultFiles.FloodErrors(), RefusalReason.ExtractorCrashed),
            ("program.exe", [0x4D, 0x5A, 0], RefusalReason.WrongType),
            ("blank.txt", Encoding.UTF8.GetBytes(" \n \n"), RefusalReason.Empty),
        ];
        foreach ((string name, byte[] content, RefusalReason reason) in files)
        {
            DocumentStatus status = await shop.IngestAsync(name, content);
            Assert.Equal((DocumentState.Failed, reason, Refusals.Sentence(reason)), (status.State, status.Reason, status.Message));
            Assert.Equal(1, status.Attempt);
        }

        Assert.Equal(DocumentState.Ready, (await shop.IngestAsync("good.md", Encoding.UTF8.GetBytes("# A good file\n\nIt is read after all the bad ones."))).State);
    }

    [Fact]
    public async Task Scan_WithoutText_IsReadyWithAWarning()
    {
        await using Shop shop = await Shop.OpenAsync();
        DocumentStatus scan = await shop.IngestAsync("scan.pdf", PdfFiles.NoText(2));
        Assert.Equal((DocumentState.ReadyWithWarnings, Refusals.NoTextFound), (scan.State, scan.Message));
        Assert.Equal([1, 2], scan.PagesWithoutText);
        PdfCanvas words = new PdfCanvas().Text(72, 100, "One page has words on it.");
        DocumentStatus mixed = await shop.IngestAsync("mixed.pdf", PdfFiles.Build([words, new PdfCanvas().Image(0, 0, 600, 700)]));
        Assert.Equal(DocumentState.ReadyWithWarnings, mixed.State);
        Assert.Equal([2], mixed.PagesWithoutText);
    }

    [Fact]
    public async Task ScannedPages_AreRecognisedAndStoredWithTheirPage()
    {
        using var engine = new Extraction.Kinds.EngineScript();
        await using Shop shop = await Shop.OpenAsync(("Ingestion:Ocr", "Tesseract"), ("Ingestion:OcrCommand", engine.Write(Extraction.Kinds.EngineScript.Faint)));
        StoredPicture unreadable = new([.. Jbig2Files.Page(0, 100, 100), .. Jbig2Files.Segment(1, 22, [], [])], "/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode");
        DocumentStatus status = await shop.IngestAsync("mixed.pdf", ScanFiles.Build(
            ScanFiles.TextPage("A page with letters."), (ScanFiles.Whole, [ScanFiles.TwoLevel], 0), (ScanFiles.Whole, [unreadable], 0)));

        Assert.Equal(DocumentState.ReadyWithWarnings, status.State);
        Assert.Equal(
            "Page 3 is a scan that could not be read: the picture is stored in a form that is not read here. Page 2 is a scan hard to read by OCR; compare answers with the file.", status.Message);
        Assert.Equal([3], status.PagesWithoutText);
        Assert.Equal([3], status.ScannedPages);
        Assert.Contains((await shop.Library.LogAsync(shop.Scope, status.Id, Shop.Cancel))!, line => line.Text.Contains("The text of page 2 was recognised from pictures (OCR).", StringComparison.Ordinal));
        var chunk = shop.Writer.Chunks[status.Id].Values.Single(chunk => chunk.Chunk.Text.Contains("faint", StringComparison.Ordinal)).Chunk;
        PageText page = (await shop.Library.FindPageAsync(shop.Scope, status.Id, status.LiveGeneration, 2, Shop.Cancel))!;
        Assert.InRange(2, chunk.Pages.From, chunk.Pages.To);
        Assert.Equal(new PageBox(60, 120, 120, 24), Assert.Single(TextLocator.Boxes(page, page.Start, page.Start + 5)));
    }

    [Fact]
    public async Task Extractor_KilledInTheMiddle_IsReplacedAndAllPagesArrive()
    {
        await using Shop shop = await Shop.OpenAsync();
        DocumentStatus undisturbed = await shop.IngestAsync("a.pdf", PdfFiles.Text(20));
        int kills = 0;
        shop.Writer.OnPages = _ =>
        {
            if (kills++ == 0)
            {
                string line = shop.Log.Lines.Last(line => line.Contains("started", StringComparison.Ordinal) && line.Contains("Extractor ", StringComparison.Ordinal));
                Process.GetProcessById(int.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture)).Kill();
            }

            return Task.CompletedTask;
        };
        DocumentStatus killed = await shop.IngestAsync("b.pdf", PdfFiles.Text(20));
        Assert.Equal(3, kills);   // writes of 8, 8 and 4 pages: the second child goes on where the first one was
        Assert.Equal((DocumentState.Ready, 20, undisturbed.ChunkCount, 1), (killed.State, killed.PageCount, killed.ChunkCount, killed.Attempt));
        Assert.Equal(shop.Writer.Chunks[undisturbed.Id].Values.Select(chunk => chunk.Chunk), shop.Writer.Chunks[killed.Id].Values.Select(chunk => chunk.Chunk));
    }

    [Fact]
    public async Task Cancel_WhilePagesAreRead_EndsAsCancelled()
    {
        await using Shop shop = await Shop.OpenAsync();
        DocumentId document = await shop.AddAsync("long.pdf", PdfFiles.Text(10));
        shop.Writer.OnPages = lease => shop.Library.CancelAsync(shop.Scope, lease.Document, Shop.Cancel);
        await shop.RunNextAsync();
        DocumentStatus status = await shop.StatusAsync(document);
        Assert.Equal((DocumentState.Failed, RefusalReason.Cancelled), (status.State, status.Reason));
        shop.Writer.OnPages = null;
        Assert.True(await shop.Library.RetryAsync(shop.Scope, document, Shop.Cancel));
        await shop.RunNextAsync();
        Assert.Equal(DocumentState.Ready, (await shop.StatusAsync(document)).State);
    }

    [Fact]
    public async Task Cancel_WhileTheExtractorHangs_IsSeenByTheRenewals()
    {
        await using Shop shop = await Shop.OpenAsync(("Ingestion:RenewSeconds", "0.3"));
        DocumentId document = await shop.AddAsync("hang.pdf", FaultFiles.Hang());
        Task running = shop.RunNextAsync();
        await shop.Library.CancelAsync(shop.Scope, document, Shop.Cancel);
        await running.WaitAsync(TimeSpan.FromSeconds(10), Shop.Cancel);
        Assert.Equal(RefusalReason.Cancelled, (await shop.StatusAsync(document)).Reason);
    }

    [Fact]
    public async Task Delete_WhileChunksAreWritten_StopsTheWork()
    {
        await using Shop shop = await Shop.OpenAsync();
        DocumentId document = await shop.AddAsync("gone.pdf", PdfFiles.Text(8));
        shop.Writer.OnChunks = lease => shop.Library.DeleteAsync(shop.Scope, lease.Document, Shop.Cancel);
        await shop.RunNextAsync();
        Assert.Null(await shop.Library.FindAsync(shop.Scope, document, Shop.Cancel));
        Assert.Null(await shop.Jobs.TryLeaseAsync("other", Shop.Cancel));
    }

    [Fact]
    public async Task Shutdown_WhileChunksAreWritten_GivesTheJobBackUnharmed()
    {
        await using Shop shop = await Shop.OpenAsync();
        DocumentId document = await shop.AddAsync("long.pdf", PdfFiles.Text(8));
        using var stopping = new CancellationTokenSource();
        shop.Writer.OnChunks = _ => stopping.CancelAsync();
        await shop.RunNextUntilAsync(stopping.Token);
        Assert.Equal(DocumentState.Stored, (await shop.StatusAsync(document)).State);
        shop.Writer.OnChunks = null;
        await shop.RunNextAsync();
        DocumentStatus status = await shop.StatusAsync(document);
        Assert.Equal((DocumentState.Ready, shop.Writer.Chunks[document].Count), (status.State, status.ChunkCount));
    }

    [Fact]
    public async Task Worker_StartedAfterAKill_TakesItsJobBackAtOnce()
    {
        await using Shop shop = await Shop.OpenAsync();
        DocumentId document = await shop.AddAsync("a.txt", Encoding.UTF8.GetBytes("The worker was killed while it held this file."));
        Assert.NotNull(await shop.Jobs.TryLeaseAsync("local/1", Shop.Cancel));   // and nothing more is heard of that worker
        await shop.StartWorkerAsync();
        await shop.Writer.PublishedAsync(document).WaitAsync(TimeSpan.FromSeconds(20), Shop.Cancel);   // a lease lasts 30
        DocumentStatus status = await shop.StatusAsync(document);
        Assert.Equal((DocumentState.Ready, 2), (status.State, status.Attempt));
    }

    [Fact]
    public async Task Worker_WithSeveralFilesOfTwoOwners_ReadsThemAll()
    {
        await using Shop shop = await Shop.OpenAsync(("Ingestion:ParallelJobs", "2"));
        var theirs = KnowledgeScope.For(KnowledgeBaseId.New());
        DocumentId[] mine = [await shop.AddAsync("1.pdf", PdfFiles.Text(3, 1)), await shop.AddAsync("2.pdf", PdfFiles.Text(3, 2))];
        DocumentId other = await shop.AddAsync("3.pdf", PdfFiles.Text(3, 3), theirs);
        await shop.StartWorkerAsync();
        await Task.WhenAll(mine.Append(other).Select(shop.Writer.PublishedAsync)).WaitAsync(TimeSpan.FromSeconds(60), Shop.Cancel);
        Assert.All(await shop.Library.ListAsync(shop.Scope, Shop.Cancel), status => Assert.Equal(DocumentState.Ready, status.State));
        Assert.Equal(DocumentState.Ready, (await shop.StatusAsync(other, theirs)).State);
    }

    [Fact]
    public async Task Model_ThatIsMissing_RefusesTheFileAndNotTheStart()
    {
        await using Shop shop = await Shop.OpenAsync(("Inference:EmbeddingModel", "no-such-model"), ("Retrieval:MaxTries", "1"));
        DocumentStatus status = await shop.IngestAsync("a.txt", Encoding.UTF8.GetBytes("Words that cannot be embedded."));
        Assert.Equal((DocumentState.Failed, RefusalReason.ModelUnavailable), (status.State, status.Reason));
    }

    [Fact]
    public async Task Disk_ThatIsFull_SaysSo()
    {
        await using Shop shop = await Shop.OpenAsync(("Retrieval:MaxTries", "1"));
        shop.Writer.OnPages = _ => throw DiskFull;
        DocumentStatus status = await shop.IngestAsync("a.txt", Encoding.UTF8.GetBytes("Words that find no room."));
        Assert.Equal((DocumentState.Failed, RefusalReason.StorageFull), (status.State, status.Reason));
    }

    public static TheoryData<string> PassingFaults => ["full", "busy"];

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task Storage_ThatIsFullOrBusyForAWhile_IsWaitedForAndTheFileGoesOn(string fault)
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Writer.OnChunks = _ => throw (fault == "full" ? DiskFull : new SqliteException("database is locked", 5));
        DocumentStatus waiting = await shop.IngestAsync("a.txt", Encoding.UTF8.GetBytes("Words that find no room."));
        Assert.Equal(DocumentState.Stored, waiting.State);
        Assert.InRange(waiting.RetryAt!.Value, DateTime.UtcNow, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal(Refusals.WaitingSentence(fault == "full" ? RefusalReason.StorageFull : RefusalReason.StorageBusy), waiting.Message);

        shop.Writer.OnChunks = null;
        await shop.StartWorkerAsync();
        await shop.Writer.PublishedAsync(waiting.Id).WaitAsync(TimeSpan.FromSeconds(30), Shop.Cancel);

        DocumentStatus ready = await shop.StatusAsync(waiting.Id);
        Assert.Equal((DocumentState.Ready, null, null), (ready.State, ready.RetryAt, ready.Message));
    }

    private static IOException DiskFull => new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

    [Fact]
    public async Task Fault_ThatNobodyExpects_LeavesTheJobToItsLease()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Writer.OnPages = _ => throw new InvalidOperationException("unexpected");
        DocumentStatus status = await shop.IngestAsync("a.txt", Encoding.UTF8.GetBytes("Words."));
        Assert.False(status.IsFinal);
        Assert.Null(await shop.Jobs.TryLeaseAsync("other", Shop.Cancel));
        await shop.Jobs.ReleaseOwnedAsync("local/1", Shop.Cancel);
        shop.Writer.OnPages = null;
        await shop.RunNextAsync();
        Assert.Equal(DocumentState.Ready, (await shop.StatusAsync(status.Id)).State);
    }

    [Fact]
    public async Task Log_OfAnIngestedFile_HoldsNoContent()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.IngestAsync("canary-name.pdf", PdfFiles.Lines(["canarytext in the page"]));
        Assert.DoesNotContain(shop.Log.Lines, line => line.Contains("canary", StringComparison.OrdinalIgnoreCase));
    }
}
