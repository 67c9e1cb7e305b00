using Rag.Ingestion.Chunking;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Tests.Extraction;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Chunking;

/// <summary>The invariants of chunks, on three real filings and the real word pieces.</summary>
public sealed class TenQChunksTests(TenQFixture files) : IClassFixture<TenQFixture>
{
    private static readonly ChunkLimits Limits = new(220, 40, 120);

    [Fact]
    public void Chunks_OfRealFilings_AreExactRangesThatCoverAllTextWithinTheLimits()
    {
        using var counter = new Chunks.WordPieces();
        foreach (Reading reading in files.All)
        {
            IReadOnlyList<ChunkDraft> chunks = Chunks.Cut(reading.Pages, counter, Limits);
            Assert.Equal(Enumerable.Range(0, chunks.Count), chunks.Select(chunk => chunk.Ordinal));
            int position = 0;
            foreach (ChunkDraft chunk in chunks)
            {
                Assert.True(string.IsNullOrWhiteSpace(reading.Text[position..chunk.Start]), $"text before chunk {chunk.Ordinal} is in no chunk");
                Assert.Equal(reading.Text[chunk.Start..chunk.End], chunk.Text);
                Assert.Equal(PageAt(reading, chunk.Start), chunk.Pages.From);
                Assert.Equal(PageAt(reading, chunk.End - 1), chunk.Pages.To);
                Assert.InRange(counter.Count(chunk.Text), 1, Limits.Body);
                Assert.InRange(counter.Count(chunk.IndexedText("2023 Q3 AAPL")), 1, 510);
                position = chunk.End;
            }

            Assert.True(string.IsNullOrWhiteSpace(reading.Text[position..]));
        }
    }

    [Fact]
    public void Rows_OfRealTables_AreNeverCutAndCarryTheirCaption()
    {
        using var counter = new Chunks.WordPieces();
        IReadOnlyList<ChunkDraft> chunks = Chunks.Cut(files.Apple.Pages, counter, Limits);
        foreach (TextBlock row in files.Apple.Blocks.Where(block => block.Kind == BlockKind.TableRow))
        {
            Assert.Contains(chunks, chunk => chunk.Start <= row.Start && row.End <= chunk.End);
        }

        ChunkDraft sales = chunks.First(chunk => chunk.Text.Contains("Total net sales\t81,797", StringComparison.Ordinal));
        Assert.Equal(new PageRange(4, 4), sales.Pages);
        Assert.Contains("Three Months Ended July 1, 2023 | Three Months Ended June 25, 2022", sales.Caption, StringComparison.Ordinal);
        Assert.EndsWith("CONDENSED CONSOLIDATED STATEMENTS OF OPERATIONS (Unaudited)", sales.HeadingPath, StringComparison.Ordinal);
    }

    private static int PageAt(Reading reading, int offset) =>
        reading.Pages.Single(page => offset >= page.Text.Start && offset < page.Text.Start + page.Text.Text.Length).Text.Number;
}
