using Rag.Ingestion.Chunking;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion;

/// <summary>
/// Stores pages as they come from the extractor and cuts them into chunks. Only chunks stay in memory. An interrupted document goes on after the
/// last page that was stored: <see cref="ResumeAsync"/>.
/// </summary>
/// <param name="letSmallerFirst">Called where a file can be left without losing anything; throws when another one goes first.</param>
internal sealed class DocumentReader(JobLease lease, IIndexWriter writer, LeaseKeeper keeper, TokenWindow window, ChunkLimits limits, WorkClock time, Func<Task> letSmallerFirst) : IExtractionSink
{
    private const int PagesPerWrite = 8;

    private readonly List<PageText> pages = [];
    private readonly List<ChunkDraft> chunks = [];
    private readonly ReadingFacts facts = new();
    private HeadingChunker? chunker;
    private string metadataTitle = "";
    private int read, end;

    public string Title { get; private set; } = "";

    /// <summary>The title as it is put in front of each chunk.</summary>
    public string ShortTitle { get; private set; } = "";

    public int PageCount { get; private set; }

    public IReadOnlyList<ChunkDraft> Chunks => chunks;

    public DocumentFacts Facts => facts.ToFacts(Title, PageCount, chunks.Count);

    public (int Page, int Start) Next => (read + 1, end);

    /// <summary>Every page was delivered, now or in an earlier attempt.</summary>
    public bool IsComplete => PageCount > 0 && read == PageCount;

    /// <summary>Takes up the pages that an earlier attempt stored. Call first.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        await foreach (PageText stored in writer.StoredPagesAsync(lease, cancel))
        {
            // Another version's pages would not go together with ours; whatever is not taken up is read and written again.
            if (PageCodec.ReadStructure(stored) is not var (page, title, pageCount) || page.Text.Start != end || (PageCount > 0 && (pageCount, title) != (PageCount, metadataTitle)))
            {
                break;
            }

            if (PageCount == 0)
            {
                Begin(title, pageCount);
            }

            Take(page);
        }

        if (read > 0)
        {
            Report();
        }
    }

    public ValueTask BeginAsync(string metadataTitle, int pageCount, CancellationToken cancel)
    {
        if (PageCount == 0)
        {
            Begin(metadataTitle, pageCount);
        }
        else if ((pageCount, metadataTitle) != (PageCount, this.metadataTitle))
        {
            throw new InvalidDataException("Not the document that was begun.");
        }

        time.BeginReading(read);
        Report();
        return ValueTask.CompletedTask;
    }

    public void Recognising(int page) => Report(page);

    public async ValueTask PageAsync(ExtractedPage page, CancellationToken cancel)
    {
        int tables = Take(page);
        pages.Add(page.Text with
        {
            Findings = new PageFindings(page.IsScan, tables, page.Hidden),
            Structure = PageCodec.Structure(page, metadataTitle, PageCount),
        });
        // A page that took the OCR engine its seconds is stored at once: no later attempt should have to do it again.
        if (pages.Count == PagesPerWrite || page.Text.Number == PageCount || page.Scan is { WasTried: true })
        {
            keeper.Require(await writer.SavePagesAsync(lease, pages, cancel));
            pages.Clear();
        }

        time.Read(read);
        Report();
        if (pages.Count == 0 && page.Scan is { WasTried: true } && page.Text.Number < PageCount)
        {
            await letSmallerFirst();   // scans take seconds each: a book of them must not hold up a letter
        }
    }

    /// <summary>Call when the last page was delivered.</summary>
    public void Finish()
    {
        keeper.Report(new IngestionProgress(DocumentState.Chunking, PageCount, PageCount));
        chunks.AddRange(chunker!.Finish());
    }

    /// <param name="recognising">The scanned page at hand, if it is one.</param>
    private void Report(int? recognising = null) => keeper.Report(new IngestionProgress(
        DocumentState.Extracting, read, PageCount > 0 ? PageCount : null, PagesPerSecond: time.PagesPerSecond, SecondsLeft: time.WhileReading(read, PageCount, chunks.Count), RecognisingPage: recognising));

    private void Begin(string title, int pageCount)
    {
        (metadataTitle, PageCount) = (title, pageCount);
        Title = TitleChooser.Choose(title, lease.FileName);
        ShortTitle = window.Head(Title, limits.Prefix / 2);
        chunker = new HeadingChunker(window, limits, window.Cost(ShortTitle), keeper.Work);
    }

    private int Take(ExtractedPage page)
    {
        chunks.AddRange(chunker!.Add(page));
        read = page.Text.Number;
        end = page.Text.Start + page.Text.Text.Length;
        return facts.Add(page);
    }
}
