using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Search;

/// <summary>Search with the shipped embedding model over a small corpus: tables, evidence, the floor, follow-ups, alignment.</summary>
public sealed class AnswerQualityTests(RealEmbedder embedder)
{
    private const string SalesCaption = "Net sales disaggregated by significant products and services (in millions)\nThree Months Ended July 1, 2023 | June 25, 2022";
    private const string Table = "iPhone\t$39,669\t$40,665\nMac\t6,840\t7,382\nServices\t21,213\t19,604\nTotal net sales\t$81,797\t$82,959";

    [Theory]
    [InlineData("How many shares of its common stock did Apple repurchase in the nine months ended July 1, 2023?", "365 million", "2023 Q3 AAPL")]
    [InlineData("What were Apple's total net sales in the quarter?", "Total net sales\t$81,797", "2023 Q3 AAPL")]
    [InlineData("What did Amazon pay to settle the lawsuit?", "$25 million", "2023 Q3 AMZN")]
    [InlineData("When was the Summer Theatre in operation?", "1870 to 1939", "Warsaw")]
    [InlineData("Which garden has the oldest trees of Warsaw?", "Saxon Garden", "Warsaw")]
    public async Task Question_GetsItsEvidenceFirst(string question, string expected, string title)
    {
        await using var store = await CorpusAsync();

        var result = await AskAsync(store, question);

        Assert.True(result.Answerable, $"relevance {result.Relevance:F2}");
        var evidence = result.Evidence[0];
        Assert.Contains(expected, evidence.Text, StringComparison.Ordinal);
        Assert.Equal(title, result.Passages[evidence.Passage].Title);
        Assert.NotEmpty(evidence.Boxes);
    }

    [Fact]
    public async Task Row_ComesWithTheCaptionOfItsTable()
    {
        await using var store = await CorpusAsync();

        var evidence = (await AskAsync(store, "What were Apple's total net sales in the quarter?")).Evidence[0];

        Assert.Equal((SalesCaption, 2), (evidence.Caption, evidence.Page));
        Assert.Single(evidence.Boxes);
    }

    [Theory]
    [InlineData("What is the capital of Mongolia?")]
    [InlineData("How do I bake sourdough bread?")]
    [InlineData("Who won the football world cup in 1998?")]
    [InlineData("What is the boiling point of mercury?")]
    public async Task Question_ThatTheFilesDoNotAnswer_IsBelowTheFloor(string question)
    {
        await using var store = await CorpusAsync();

        var result = await AskAsync(store, question);

        Assert.False(result.Answerable, $"relevance {result.Relevance:F2}");
        Assert.NotEmpty(result.Passages);
    }

    [Fact]
    public async Task KnowledgeBase_OfOneShortDocument_AnswersAndRefuses()
    {
        await using var store = await OpenAsync(embedder: embedder);
        await store.PublishAsync(Scope, "Boiler manual", "Press the reset button for five seconds to restart the boiler after a lockout.");

        Assert.True((await AskAsync(store, "How do I restart the boiler?")).Answerable);
        Assert.False((await AskAsync(store, "Which wine goes with salmon?")).Answerable);
    }

    [Fact]
    public async Task FollowUp_IsSearchedWithItsContext()
    {
        await using var store = await CorpusAsync();

        var result = await AskAsync(store, "And how much did it pay for them?", "How many shares of common stock did Apple repurchase?");

        Assert.Equal("How many shares of common stock did Apple repurchase? And how much did it pay for them?", result.SearchedQuestion);
        Assert.True(result.Answerable);
        Assert.Contains("$56.1 billion", result.Evidence[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Apple repurchased 365 million shares of its common stock.", "365 million shares")]
    [InlineData("The company bought back 365 million of its shares for $56.1 billion.", "365 million shares")]
    [InlineData("Total net sales were $81,797 million.", "Total net sales\t$81,797")]
    [InlineData("The Company's total net sales were $81,797 million.", "Total net sales\t$81,797")]
    [InlineData("According to the filing, Services net sales were 21,213.", "Services\t21,213")]
    public async Task Sentence_SupportedByAPassage_IsAligned(string sentence, string support)
    {
        await using var store = await CorpusAsync();

        var evidence = Assert.Single(await AlignAsync(store, sentence));

        Assert.NotNull(evidence);
        Assert.Contains(support, evidence.Text, StringComparison.Ordinal);
        Assert.NotEmpty(evidence.Boxes);
    }

    [Theory]
    [InlineData("Apple repurchased 366 million shares of its common stock.")]
    [InlineData("Microsoft repurchased 365 million shares of its common stock.")]
    [InlineData("Apple and Microsoft repurchased 365 million shares of common stock.")]
    [InlineData("Apple did not repurchase 365 million shares of its common stock.")]
    [InlineData("Total net sales were $365 million.")]
    [InlineData("The weather was fine.")]
    [InlineData("It is what it is.")]
    [InlineData("")]
    public async Task Sentence_WithoutSupport_IsNotAligned(string sentence)
    {
        await using var store = await CorpusAsync();

        Assert.Null(Assert.Single(await AlignAsync(store, sentence)));
    }

    [Fact]
    public async Task Sentences_AreAlignedOneByOneInTheirOrder()
    {
        await using var store = await CorpusAsync();

        var aligned = await AlignAsync(store, "Nothing of this kind.", "Apple repurchased 365 million shares of its common stock.");

        Assert.Null(aligned[0]);
        Assert.NotNull(aligned[1]);
        Assert.Empty(await AlignAsync(store));
        Assert.Equal([null], await store.Get<IPassageSearch>().AlignAsync(Scope, ["Apple repurchased shares."], [], Cancel));
    }

    private KnowledgeScope Scope { get; } = NewScope();

    private async Task<Store> CorpusAsync()
    {
        var store = await OpenAsync(embedder: embedder);
        await store.PublishAsync(
            Scope,
            "Warsaw",
            "Nearby, in the Saxon Garden, the Summer Theatre was in operation from 1870 to 1939. In the inter-war period, the theatre complex also included a literary cabaret.",
            "The Saxon Garden was opened for the public in 1727. With trees of 250 years the Saxon Garden is home to the oldest trees of Warsaw.",
            "Warsaw remained the capital of the Polish–Lithuanian Commonwealth until 1796, when it was annexed by the Kingdom of Prussia.");
        await store.PublishAsync(
            Scope,
            "2023 Q3 AMZN",
            "In 2023, Amazon settled the lawsuit over its Alexa assistant and paid $25 million. The settlement was approved by the court in July.",
            "Amazon's AWS segment grew by 12% in the quarter. Amazon employs many people in its fulfillment network.");
        await AddAppleAsync(store);
        return store;
    }

    private async Task AddAppleAsync(Store store)
    {
        const string Title = "2023 Q3 AAPL";
        const string Heading = "Apple Inc. › Note 2 – Revenue";
        var repurchase = "During the nine months ended July 1, 2023, the Company repurchased 365 million shares of its common stock for $56.1 billion, " +
            "excluding excise tax due under the Inflation Reduction Act of 2022. The Company's share repurchase program does not obligate the Company to acquire a minimum amount of shares.\n";
        var weakness = "iPhone net sales decreased during the third quarter of 2023 compared to the third quarter of 2022 due to lower net sales from certain models.\n";
        List<PageText> pages = [Pieces.Page(1, 0, repurchase), Pieces.Page(2, repurchase.Length, Table + "\n"), Pieces.Page(3, repurchase.Length + Table.Length + 1, weakness)];
        List<ChunkDraft> chunks =
        [
            new(0, repurchase[..^1], "Apple Inc. › Note 7 – Shareholders' Equity", null, 0, repurchase.Length - 1, new PageRange(1, 1)),
            new(1, Table, Heading, SalesCaption, pages[1].Start, pages[1].Start + Table.Length, new PageRange(2, 2)),
            new(2, weakness[..^1], "Apple Inc. › Products and Services Performance", null, pages[2].Start, pages[2].Start + weakness.Length - 1, new PageRange(3, 3)),
        ];
        await store.AddAsync(Scope, Title + ".pdf");
        await store.WriteAsync(await store.LeaseAsync(), new DocumentFacts(Title, 3, 3, []), pages, chunks);
    }

    private Task<SearchResult> AskAsync(Store store, string question, params string[] earlier) =>
        store.Get<IPassageSearch>().SearchAsync(Scope, new SearchRequest(question, earlier, 1_000), Cancel);

    private async Task<IReadOnlyList<Evidence?>> AlignAsync(Store store, params string[] sentences)
    {
        var found = await AskAsync(store, "How many shares did Apple repurchase, and what were its total net sales?");
        return await store.Get<IPassageSearch>().AlignAsync(Scope, sentences, found.Passages, Cancel);
    }
}
