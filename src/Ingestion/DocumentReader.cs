using Rag.Ingestion.Chunking;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion;

/// <summary>Stores pages as they come from the extractor and cuts them into chunks. Only chunks stay in memory.</summary>
internal sealed class DocumentReader(JobLease lease, IIndexWriter writer, LeaseKeeper keeper, TokenWindow window, ChunkLimits limits) : IExtractionSink
{
    private const int PagesPerWrite = 8;

    private readonly List<PageText> pages = [];
    private readonly List<ChunkDraft> chunks = [];
    private readonly List<int> withoutText = [];
    private readonly List<int> scanned = [];
    private HeadingChunker? chunker;
    private int tableCount, hiddenSpans;
    private LanguageGuess language = new();
    private bool inTable;
    private string? tableCaption;

    public string Title { get; private set; } = "";

    /// <summary>The title as it is put in front of each chunk.</summary>
    public string ShortTitle { get; private set; } = "";

    public int PageCount { get; private set; }

    public IReadOnlyList<ChunkDraft> Chunks => chunks;


    public DocumentFacts Facts => new(Title, PageCount, chunks.Count, withoutText)
    {
        ScannedPages = scanned,
        TableCount = tableCount,
        HiddenSpans = hiddenSpans,
        Language = language.Language,
    };

    public ValueTask BeginAsync(string metadataTitle, int pageCount, CancellationToken cancel)
    {
        Title = TitleChooser.Choose(metadataTitle, lease.FileName);
        ShortTitle = window.Head(Title, limits.Prefix / 2);
        PageCount = pageCount;
        chunker = new HeadingChunker(window, limits, window.Cost(ShortTitle));
        pages.Clear();
        chunks.Clear();
        withoutText.Clear();
        scanned.Clear();
        language = new LanguageGuess();
        (tableCount, hiddenSpans, inTable) = (0, 0, false);
        keeper.Report(new IngestionProgress(DocumentState.Extracting, 0, pageCount));
        return ValueTask.CompletedTask;
    }

    public async ValueTask PageAsync(ExtractedPage page, CancellationToken cancel)
    {
        chunks.AddRange(chunker!.Add(page));
        if (string.IsNullOrWhiteSpace(page.Text.Text))
        {
            withoutText.Add(page.Text.Number);
        }

        language.Read(page.Text.Text);
        int tables = CountTables(page);
        if (page.IsScan)
        {
            scanned.Add(page.Text.Number);
        }

        (tableCount, hiddenSpans) = (tableCount + tables, hiddenSpans + page.Hidden.Count);
        pages.Add(page.Text with { Findings = new PageFindings(page.IsScan, tables, page.Hidden) });
        if (pages.Count == PagesPerWrite || page.Text.Number == PageCount)
        {
            keeper.Require(await writer.SavePagesAsync(lease, pages, cancel));
            pages.Clear();
        }

        keeper.Report(new IngestionProgress(DocumentState.Extracting, page.Text.Number, PageCount));
    }

    /// <summary>Call when the last page was delivered.</summary>
    public void Finish()
    {
        keeper.Report(new IngestionProgress(DocumentState.Chunking, PageCount, PageCount));
        chunks.AddRange(chunker!.Finish());
    }

    /// <summary>Rows of one table share its caption; a table that goes on from the page before is not counted again.</summary>
    private int CountTables(ExtractedPage page)
    {
        int tables = 0;
        foreach (TextBlock block in page.Blocks)
        {
            bool row = block.Kind == BlockKind.TableRow;
            if (row && !(inTable && block.Caption == tableCaption))
            {
                tables++;
            }

            (inTable, tableCaption) = (row, block.Caption);
        }

        return tables;
    }
}
