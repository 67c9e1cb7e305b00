using Rag.Ingestion.Tests.Extraction.Kinds;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>Files with scanned pages on their way to the index: what their owner sees meanwhile, and what a worker's end costs.</summary>
public sealed class ScannedFileTests : IDisposable
{
    private const int Scans = 6;

    /// <summary>Two pages with letters, then scans, then one with letters.</summary>
    private static readonly byte[] Mixed = ScanFiles.Build([
        ScanFiles.TextPage("The first page has letters."), ScanFiles.TextPage("So has the second."),
        .. Enumerable.Range(0, Scans).Select(i => (ScanFiles.Whole, (StoredPicture[])[ScanFiles.Rows(80 * i, (80 * i) + 100)], 0)),
        ScanFiles.TextPage("And the last one.")]);

    private readonly EngineScript engine = new();

    public void Dispose() => engine.Dispose();

    [Fact]
    public async Task Recognising_ByTheRealProgram_IsSaidPageByPage()
    {
        await using Shop shop = await OpenAsync(engine.WriteGated("exec tesseract \"$@\""));
        DocumentId document = await shop.AddAsync("letter.pdf", ScanFiles.Build(
            ScanFiles.TextPage("A page with letters."), (ScanFiles.Whole, [ScanFiles.TwoLevel], 0), (ScanFiles.Whole, [ScanFiles.Jpeg], 0)));
        Task run = shop.RunNextAsync();
        for (int page = 2; page <= 3; page++)
        {
            DocumentStatus waiting = await RecognisingAsync(shop, document, page);
            Assert.Equal((DocumentState.Extracting, page - 1, 3), (waiting.State, waiting.PagesDone, waiting.PageCount));
            engine.Release(page - 1);
        }

        await run;
        DocumentStatus ready = await shop.StatusAsync(document);
        Assert.Equal((DocumentState.Ready, null), (ready.State, ready.RecognisingPage));
        Assert.Equal(2, engine.Calls);
        Assert.Contains(shop.Writer.Chunks[document].Values, chunk => chunk.Chunk.Text.Contains("The warranty lasts seven years", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Killed_InTheMiddleOfAScan_GoesOnThereAndRecognisesNoPageTwice()
    {
        IReadOnlyList<string> undisturbed = await UndisturbedAsync();
        string program = engine.WriteGated(EngineScript.Checksum);
        (string, string)[] settings = [.. FaultRuns.Fast, ("Ingestion:Ocr", "Tesseract"), ("Ingestion:OcrCommand", program)];
        await using Shop shop = await OpenAsync(program);
        DocumentId document = await shop.AddAsync("mixed.pdf", Mixed);
        Array.ForEach([1, 2, 3], call => engine.Release(call));
        await using (WorkerProcess first = WorkerProcess.Start(shop.Folder, "worker", settings))
        {
            await RecognisingAsync(shop, document, 6);
            await first.KillAsync();
        }

        engine.Release();
        await using WorkerProcess second = WorkerProcess.Start(shop.Folder, "worker", settings);
        await FaultRuns.UntilAsync(async () => (await shop.StatusAsync(document)).IsFinal);

        await AssertUndisturbedAsync(shop, document, undisturbed, "Goes on after page 5 of 9.");
    }

    [Fact]
    public async Task Stopped_InTheMiddleOfAScan_GoesOnThereAndRecognisesNoPageTwice()
    {
        IReadOnlyList<string> undisturbed = await UndisturbedAsync();
        await using Shop shop = await OpenAsync(engine.WriteGated(EngineScript.Checksum));
        DocumentId document = await shop.AddAsync("mixed.pdf", Mixed);
        Array.ForEach([1, 2], call => engine.Release(call));
        using var stopping = new CancellationTokenSource();
        Task run = shop.RunNextUntilAsync(stopping.Token);
        await RecognisingAsync(shop, document, 5);
        await stopping.CancelAsync();
        await run;
        DocumentStatus back = await shop.StatusAsync(document);
        Assert.Equal((DocumentState.Stored, null), (back.State, back.RecognisingPage));

        engine.Release();
        await shop.RunNextAsync();

        await AssertUndisturbedAsync(shop, document, undisturbed, "Goes on after page 4 of 9.");
    }

    private static Task<Shop> OpenAsync(string program) => Shop.OpenAsync([.. FaultRuns.Fast, ("Ingestion:Ocr", "Tesseract"), ("Ingestion:OcrCommand", program)]);

    private static async Task<DocumentStatus> RecognisingAsync(Shop shop, DocumentId document, int page)
    {
        DocumentStatus status = await shop.StatusAsync(document);
        await FaultRuns.UntilAsync(async () => (status = await shop.StatusAsync(document)).RecognisingPage == page);
        return status;
    }

    private static async Task<IReadOnlyList<string>> UndisturbedAsync()
    {
        using var engine = new EngineScript();
        await using Shop shop = await OpenAsync(engine.Write(EngineScript.Checksum));
        Assert.Equal(DocumentState.Ready, (await shop.IngestAsync("mixed.pdf", Mixed)).State);
        return FaultRuns.LiveChunks(shop);
    }

    private async Task AssertUndisturbedAsync(Shop shop, DocumentId document, IReadOnlyList<string> undisturbed, string note)
    {
        DocumentStatus status = await shop.StatusAsync(document);
        Assert.Equal((DocumentState.Ready, 9), (status.State, status.PageCount));
        Assert.Equal(undisturbed, FaultRuns.LiveChunks(shop));
        Assert.Equal(Scans, undisturbed.Sum(chunk => chunk.Split("Checksum ").Length - 1));
        Assert.Equal(Scans + 1, engine.Calls);   // the page at hand when the worker ended was begun again; no other
        Assert.Contains(note, (await shop.Library.LogAsync(shop.Scope, document, Shop.Cancel))!.Select(line => line.Text));
    }
}
