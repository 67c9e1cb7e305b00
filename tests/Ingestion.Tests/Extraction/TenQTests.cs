using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Ingestion.Tests.Extraction;
using Rag.Retrieval.Knowledge;
using Rag.Testing;

[assembly: AssemblyFixture(typeof(TenQReadings))]

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>The three real filings, each read once by a real extractor process, for all classes; read when the first of these asks.</summary>
public sealed class TenQReadings
{
    private readonly Lazy<Task<Reading[]>> readings = new(ReadAsync);

    internal Task<Reading[]> AllAsync() => readings.Value;

    private static async Task<Reading[]> ReadAsync()
    {
        await using ExtractorPool pool = Extractors.Pool();
        var all = new List<Reading>();
        foreach (string name in (string[])[TestData.Apple, TestData.Amazon, TestData.Nvidia])
        {
            all.Add(await pool.ReadAsync(await File.ReadAllBytesAsync(TestData.TenQ(name))));
        }

        return [.. all];
    }
}

/// <summary>The same, at hand.</summary>
public sealed class TenQFixture(TenQReadings readings) : IAsyncLifetime
{
    internal Reading Apple => All[0];
    internal Reading Amazon => All[1];
    internal Reading Nvidia => All[2];

    internal IReadOnlyList<Reading> All { get; private set; } = [];

    public async ValueTask InitializeAsync() => All = await readings.AllAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

public sealed class TenQTests(TenQFixture files) : IClassFixture<TenQFixture>
{
    // pdftotext -bbox on the word "365" of page 14.
    private const double WordLeft = 278.01, WordRight = 291.52, WordTop = 527.27, WordBottom = 536.32;

    [Fact]
    public void Filings_EncryptedWithAnEmptyPassword_AreReadWhole()
    {
        Assert.All(files.All, reading => Assert.Null(reading.Reason));
        Assert.Equal([29, 51, 52], files.All.Select(reading => reading.Pages.Count));
    }

    [Fact]
    public void RepurchaseSentence_Apple_IsOneRunOfTextOnPage14()
    {
        Assert.Contains("During the nine months ended July 1, 2023, the Company repurchased 365 million shares of its common stock for $56.1 billion, excluding excise tax " +
            "due under the Inflation Reduction Act of 2022.", files.Apple.Page(14).Text.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void NetSalesRow_Apple_IsOneLineWithACaptionThatNamesEachColumn()
    {
        TextBlock row = files.Apple.Page(4).Blocks.Single(block => files.Apple.TextOf(block).StartsWith("Total net sales", StringComparison.Ordinal));
        Assert.Equal("Total net sales\t81,797\t82,959\t293,787\t304,182", files.Apple.TextOf(row));
        Assert.Equal(
            "CONDENSED CONSOLIDATED STATEMENTS OF OPERATIONS (Unaudited) (In millions, except number of shares which are reflected in thousands and per share amounts)\n" +
            "Three Months Ended July 1, 2023 | Three Months Ended June 25, 2022 | Nine Months Ended July 1, 2023 | Nine Months Ended June 25, 2022", row.Caption);
    }

    [Fact]
    public void Caption_OfGroupsOfThreeColumns_NamesEachColumnByItsGroup()
    {
        TextBlock row = files.Apple.Page(18).Blocks.Single(block => files.Apple.TextOf(block).StartsWith("Total net sales", StringComparison.Ordinal));
        Assert.EndsWith("\nThree Months Ended July 1, 2023 | Three Months Ended June 25, 2022 | Three Months Ended Change | " +
            "Nine Months Ended July 1, 2023 | Nine Months Ended June 25, 2022 | Nine Months Ended Change", row.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void CurrencySigns_InTheirOwnColumn_JoinTheirFigure()
    {
        Assert.Contains("Net income\t$19,881\t$19,442\t$74,039\t$79,082\n", files.Apple.Page(4).Text.Text, StringComparison.Ordinal);
        Assert.Contains("Total proceeds from/(repayments of) commercial paper, net\t$(5,971)\t$4,970\n", files.Apple.Page(14).Text.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\$\t[\d(]", string.Concat(files.All.Select(reading => reading.Text)));   // but "$" alone may head a column
    }

    [Fact]
    public void Footers_OnEveryPage_AreDroppedAndNumberThePages()
    {
        Assert.DoesNotContain("Q3 2023 Form 10-Q |", files.Apple.Text, StringComparison.Ordinal);
        Assert.Equal("11", files.Apple.Page(14).Text.Label);
        Assert.Equal("1", files.Apple.Page(4).Text.Label);
    }

    [Fact]
    public void Headings_Apple_KeepTheirOrderOfWeight()
    {
        float Rank(string text) => files.Apple.Blocks.First(block => files.Apple.TextOf(block) == text).Rank;
        Assert.True(Rank("PART I — FINANCIAL INFORMATION") > Rank("Item 1. Financial Statements"));
        Assert.True(Rank("Item 1. Financial Statements") > Rank("Note 6 – Debt"));
        Assert.True(Rank("Note 6 – Debt") > Rank("Commercial Paper"));
        Assert.True(Rank("Commercial Paper") > 0);
    }

    [Fact]
    public void Ranges_OfLinesAndBlocks_CoverThePagesTextInOrder()
    {
        foreach (Reading reading in files.All)
        {
            int start = 0;
            foreach (ExtractedPage page in reading.Pages)
            {
                Assert.Equal(start, page.Text.Start);
                start += page.Text.Text.Length;
                Assert.True(page.Text.Text.Length == 0 || page.Text.Text.EndsWith('\n'));
                AssertCovers(reading.Text, page.Text, page.Text.Lines.Select(line => (line.Start, line.Start + line.Length)));
                AssertCovers(reading.Text, page.Text, page.Blocks.Select(block => (block.Start, block.End)));
            }
        }
    }

    [Fact]
    public void Boxes_OfEveryLine_LieOnThePageWithAnEdgePerCharacter()
    {
        foreach (PageText page in files.All.SelectMany(reading => reading.Pages).Select(page => page.Text))
        {
            Assert.All(page.Lines, line =>
            {
                Assert.InRange(line.X, -1, page.Width);
                Assert.InRange(line.Y, -1, page.Height);
                Assert.InRange(line.X + line.Width, 0, page.Width + 1);
                Assert.InRange(line.Y + line.Height, 0, page.Height + 1);
                Assert.Equal(line.Length, line.Edges.Length);
                Assert.Equal(line.Edges.Order(), line.Edges);
                Assert.Equal(line.Width, line.Edges[^1], 0.01);
            });
        }
    }

    [Fact]
    public void Boxes_OfTheRepurchaseSentence_StandWherePopplerSeesTheWords()
    {
        PageText page = files.Apple.Page(14).Text;
        int at = page.Start + page.Text.IndexOf("365 million", StringComparison.Ordinal);
        TextLine line = page.Lines.Single(candidate => at >= candidate.Start && at < candidate.Start + candidate.Length);
        int offset = at - line.Start;
        Assert.Equal(WordLeft, line.X + line.Edges[offset - 1], 0.3);
        Assert.Equal(WordRight, line.X + line.Edges[offset + 2], 0.3);
        Assert.InRange(line.Y, WordTop - 1.5, WordTop + 1.5);
        Assert.InRange(line.Y + line.Height, WordBottom - 1.5, WordBottom + 1.5);
    }

    private static void AssertCovers(string text, PageText page, IEnumerable<(int Start, int End)> ranges)
    {
        int position = page.Start;
        foreach ((int start, int end) in ranges)
        {
            Assert.True(string.IsNullOrWhiteSpace(text[position..start]), $"page {page.Number}: text before {start} belongs to nothing");
            position = end;
        }

        Assert.True(string.IsNullOrWhiteSpace(text[position..(page.Start + page.Text.Length)]));
    }
}
