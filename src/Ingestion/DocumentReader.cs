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
    private HeadingChunker? chunker;

    public string Title { get; private set; } = "";

    /// <summary>The title as it is put in front of each chunk.</summary>
    public string ShortTitle { get; private set; } = "";

    public int PageCount { get; private set; }

    public IReadOnlyList<ChunkDraft> Chunks => chunks;

    public IReadOnlyList<int> PagesWithoutText => withoutText;

    public ValueTask BeginAsync(string metadataTitle, int pageCount, CancellationToken cancel)
    {
        Title = TitleChooser.Choose(metadataTitle, lease.FileName);
        ShortTitle = window.Head(Title, limits.Prefix / 2);
        PageCount = pageCount;
        chunker = new HeadingChunker(window, limits, window.Cost(ShortTitle));
        pages.Clear();
        chunks.Clear();
        withoutText.Clear();
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

        pages.Add(page.Text);
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
}
