using System.Text;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Ingestion.Tests.Extraction;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Testing;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>An interrupted document goes on where it was and ends as if nothing had happened (F3, N5).</summary>
public sealed class ResumeTests
{
    private const int Pages = 20;

    private static readonly byte[] Report = PdfFiles.Text(Pages, seed: 7);

    [Fact]
    public async Task Extractor_AskedForLaterPages_DeliversThemAsInAWholeReading()
    {
        await using ExtractorPool pool = Extractors.Pool();
        byte[] file = await File.ReadAllBytesAsync(TestData.TenQ(TestData.Apple), Shop.Cancel);
        Reading whole = await pool.ReadAsync(file);
        foreach (int first in new[] { 2, 3, 5, 18, 28, 29 })   // in the middle of tables that go on over pages, and at the end
        {
            Reading rest = await pool.ReadAsync(file, from: (first, whole.Page(first).Text.Start));
            Assert.Null(rest.Reason);
            Assert.Equal(whole.Pages.Skip(first - 1).Select(PageCodec.Page), rest.Pages.Select(PageCodec.Page));
        }
    }

    [Fact]
    public async Task Interrupted_AtEveryWrite_EndsWithTheSameChunks()
    {
        SortedDictionary<int, string> undisturbed = await Undisturbed.Value;
        await using Shop shop = await Shop.OpenAsync(("Retrieval:MaxCrashes", "10"), ("Ingestion:EmbeddingBatch", "32"));
        DocumentId document = await shop.AddAsync("report.pdf", Report);
        int writes = 0, interruptAt = 1, interruptions = 0;
        Task Interrupt(JobLease lease)
        {
            if (++writes == interruptAt)
            {
                interruptions++;
                throw new InvalidOperationException("The worker is killed here.");
            }

            return Task.CompletedTask;
        }

        (shop.Writer.OnPages, shop.Writer.OnChunks) = (Interrupt, Interrupt);
        while ((await shop.StatusAsync(document)).State is not (DocumentState.Ready or DocumentState.Failed))
        {
            writes = 0;
            interruptAt = 2;   // one write passes in each attempt, the next one is the end
            await shop.RunNextAsync();
            await shop.Jobs.ReleaseOwnedAsync("local/1", Shop.Cancel);
        }

        Assert.True(interruptions >= 3, $"{interruptions} interruptions");
        Assert.Equal(DocumentState.Ready, (await shop.StatusAsync(document)).State);
        Assert.Equal(undisturbed, Texts(shop, document));
        Assert.Equal(Pages, (await shop.StatusAsync(document)).PageCount);
    }

    [Fact]
    public async Task Interrupted_AfterPages_ReadsOnlyTheRestAndSaysSo()
    {
        await using Shop shop = await Shop.OpenAsync();
        DocumentId document = await shop.AddAsync("report.pdf", Report);
        int writes = 0;
        shop.Writer.OnPages = _ => ++writes == 2 ? throw new InvalidOperationException("The worker is killed here.") : Task.CompletedTask;
        await shop.RunNextAsync();
        await shop.Jobs.ReleaseOwnedAsync("local/1", Shop.Cancel);
        writes = 10;

        await shop.RunNextAsync();

        Assert.Equal(12, writes);   // pages 9 to 16 and 17 to 20; 1 to 8 were there
        Assert.Contains("Goes on after page 8 of 20.", (await shop.Library.LogAsync(shop.Scope, document, Shop.Cancel))!.Select(line => line.Text));
    }

    [Fact]
    public async Task Interrupted_WhileEmbedding_EmbedsOnlyTheRest()
    {
        SortedDictionary<int, string> undisturbed = await Undisturbed.Value;
        await using Shop shop = await Shop.OpenAsync(("Ingestion:EmbeddingBatch", "8"));
        DocumentId document = await shop.AddAsync("report.pdf", Report);
        int writes = 0;
        shop.Writer.OnChunks = _ => ++writes == 3 ? throw new InvalidOperationException("The worker is killed here.") : Task.CompletedTask;
        await shop.RunNextAsync();
        await shop.Jobs.ReleaseOwnedAsync("local/1", Shop.Cancel);
        shop.Writer.OnPages = _ => throw new InvalidOperationException("All pages were stored.");

        await shop.RunNextAsync();

        Assert.Equal(DocumentState.Ready, (await shop.StatusAsync(document)).State);
        Assert.Equal(16, shop.Writer.ChunksKept);
        Assert.Equal(undisturbed, Texts(shop, document));
    }

    [Fact]
    public async Task LargeFile_BeingEmbedded_LetsASmallOneFirstAndLosesNothing()
    {
        // A file for its size: what it says is short, its blanks give the small one the time to come.
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 44).Select(i => $"# Part {i}\n\nA short text.\n\n")) + new string(' ', 7_000_000));
        await using Shop shop = await Shop.OpenAsync(("Ingestion:EmbeddingBatch", "4"));
        DocumentId large = await shop.AddAsync("large.md", text);
        DocumentId? small = null;
        shop.Writer.OnChunks = async _ => small ??= await shop.AddAsync("small.txt", "A short text that need not wait."u8.ToArray());
        await shop.RunNextAsync();
        Assert.Equal((DocumentState.Stored, Refusals.SmallerFirst), (await shop.StatusAsync(large)) is var put ? (put.State, put.Message) : default);

        await shop.RunNextAsync();
        Assert.Equal(DocumentState.Ready, (await shop.StatusAsync(small!.Value)).State);

        await shop.RunNextAsync();
        DocumentStatus ready = await shop.StatusAsync(large);
        Assert.Equal((DocumentState.Ready, 4), (ready.State, shop.Writer.ChunksKept));
        Assert.Equal(ready.ChunkCount, shop.Writer.Chunks[large].Count);
    }

    [Fact]
    public async Task StoredPages_OfAnotherVersion_AreReadAnew()
    {
        PageText page = (await ReadOneAsync()).Text;
        Assert.NotNull(PageCodec.ReadStructure(page));
        byte[] other = [.. page.Structure!];
        other[0]++;
        Assert.Null(PageCodec.ReadStructure(page with { Structure = other }));
        Assert.Null(PageCodec.ReadStructure(page with { Structure = page.Structure![..^3] }));
        Assert.Null(PageCodec.ReadStructure(page with { Structure = null }));
    }

    private static async Task<ExtractedPage> ReadOneAsync()
    {
        await using ExtractorPool pool = Extractors.Pool();
        ExtractedPage page = (await pool.ReadAsync(PdfFiles.Text(1))).Page(1);
        return page with { Text = page.Text with { Structure = PageCodec.Structure(page, "title", 1) } };
    }

    private static readonly Lazy<Task<SortedDictionary<int, string>>> Undisturbed = new(ReadUndisturbedAsync);

    private static async Task<SortedDictionary<int, string>> ReadUndisturbedAsync()
    {
        await using Shop shop = await Shop.OpenAsync();
        return Texts(shop, (await shop.IngestAsync("report.pdf", Report)).Id);
    }

    private static SortedDictionary<int, string> Texts(Shop shop, DocumentId document) =>
        new(shop.Writer.Chunks[document].ToDictionary(entry => entry.Key, entry => $"{entry.Value.Chunk.Pages} {entry.Value.Chunk.HeadingPath} {entry.Value.Chunk.Text}"));
}
