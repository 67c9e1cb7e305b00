using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Reading;

namespace Rag.Retrieval.Tests.Reading;

/// <summary>Summaries and lists over small files with the shipped embedder.</summary>
public sealed class WholeReaderTests(RealEmbedder embedder)
{
    private const string Lighthouse = "The lighthouse at Cape Hollow was built in 1874 because of the many wrecks on the reef.";

    private static readonly string[] Guide =
    [
        $"{Lighthouse} It guides ships around the reef of Cape Hollow. All rights reserved by the harbour office of the town.",
        "The lamp of the lighthouse was replaced on 3 May 1931, when the harbour got electric light. See note 4 for the history of the lamp.",
        "Tickets for the lighthouse tower cost 6 euros and are sold in the harbour office. The tower is open from April to October.",
        "The town museum shows the old lamp of the lighthouse. On 3 May 1931 it was carried there by the keeper. Write to museum@cape-hollow.example for a visit.",
        "The keeper of the lighthouse lived on the reef until 1975, mainly to watch the lamp.",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Summarise_TakesStatementsOnly_InOrder_WithTheirPlace()
    {
        await using var store = await Store.OpenAsync(embedder: embedder);
        var scope = Store.NewScope();
        await store.PublishAsync(scope, "Guide", Guide);
        var (reader, plan) = await PlanAsync(store, scope);
        var progress = new List<ReadingProgress>();

        var summary = await reader.SummariseAsync(scope, plan, new SummaryRequest(null, 4), progress.Add, Cancel);

        Assert.Equal((5, 4), (summary.Read, summary.Points.Count));
        Assert.Equal(new ReadingProgress(5, 5), progress[^1]);
        Assert.Equal(summary.Points.Select(p => p.Quote.Start).Order(), summary.Points.Select(p => p.Quote.Start));
        Assert.Contains(summary.Points, p => p.Quote.Text == Lighthouse);
        Assert.DoesNotContain(summary.Points, p => p.Quote.Text.Contains("rights reserved", StringComparison.Ordinal) || p.Quote.Text.StartsWith("See note", StringComparison.Ordinal));
        Assert.All(summary.Points, p =>
        {
            Assert.NotEmpty(p.Quote.Boxes);
            Assert.Contains(p.Quote.Text, Guide[p.Quote.Page - 1], StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Summarise_OnATopic_StaysWithIt()
    {
        await using var store = await Store.OpenAsync(embedder: embedder);
        var scope = Store.NewScope();
        await store.PublishAsync(scope, "Guide", Guide);
        var (reader, plan) = await PlanAsync(store, scope);

        var summary = await reader.SummariseAsync(scope, plan, new SummaryRequest("tickets", 3), _ => { }, Cancel);
        var nothing = await reader.SummariseAsync(scope, plan, new SummaryRequest("quantum chromodynamics", 3), _ => { }, Cancel);

        Assert.Contains(summary.Points, p => p.Quote.Text.StartsWith("Tickets", StringComparison.Ordinal));
        Assert.DoesNotContain(summary.Points, p => p.Quote.Text.Contains("reef", StringComparison.Ordinal));
        Assert.Empty(nothing.Points);
    }

    [Fact]
    public async Task List_ByWords_FindsEachPlaceOnce()
    {
        await using var store = await Store.OpenAsync(embedder: embedder);
        var scope = Store.NewScope();
        await store.PublishAsync(scope, "Guide", [.. Guide, "The keeper of the lighthouse lived on the reef until 1975, mainly to watch the lamp."]);
        var (reader, plan) = await PlanAsync(store, scope);

        var list = await reader.ListAsync(scope, plan, new ListRequest("keepers", 100), _ => { }, Cancel);
        var shorter = await reader.ListAsync(scope, plan, new ListRequest("lamps", 1), _ => { }, Cancel);
        var nothing = await reader.ListAsync(scope, plan, new ListRequest("penguins", 100), _ => { }, Cancel);

        Assert.Equal([(4, 1), (5, 2)], list.Points.Where(p => p.Quote.Text.Contains("keeper", StringComparison.Ordinal)).Select(p => (p.Quote.Page, p.Places)));
        Assert.Single(shorter.Points);
        Assert.True(shorter.Found > 1);
        Assert.Empty(nothing.Points);
    }

    [Theory]
    [InlineData("dates", "3 May 1931", 1, 2)]
    [InlineData("years", "1874|1931|1975", 3, 4)]
    [InlineData("e-mail addresses", "museum@cape-hollow.example", 1, 1)]
    [InlineData("amounts of money", "6 euros", 1, 1)]
    public async Task List_OfValues_CountsDifferentOnes(string subject, string values, int found, int places)
    {
        await using var store = await Store.OpenAsync();
        var scope = Store.NewScope();
        await store.PublishAsync(scope, "Guide", Guide);
        var (reader, plan) = await PlanAsync(store, scope);

        var list = await reader.ListAsync(scope, plan, new ListRequest(subject, 100), _ => { }, Cancel);

        Assert.True(list.HasValues);
        Assert.Equal(values.Split('|'), list.Points.Select(p => p.Value));
        Assert.Equal((found, places), (list.Found, list.Places));
    }

    [Fact]
    public async Task Read_Cancelled_Stops()
    {
        await using var store = await Store.OpenAsync();
        var scope = Store.NewScope();
        await store.PublishAsync(scope, "Long", [.. Enumerable.Range(0, 100).Select(i => $"Paragraph {i} of the file says something.")]);
        var (reader, plan) = await PlanAsync(store, scope);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var read = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ListAsync(scope, plan, new ListRequest("file", 10), progress =>
        {
            read = progress.Read;
            stop.Cancel();
        }, stop.Token));

        Assert.Equal(PassageReader.BatchSize, read);
    }

    [Fact]
    public void PointShares_EveryFileOneFirst_ThenLongerOnesMore()
    {
        Assert.Equal([5, 4, 1], PointShares.Of(10, [64, 40, 1]));
        Assert.Equal([1, 1, 0], PointShares.Of(2, [9, 4, 2]));
        Assert.Equal([0, 3], PointShares.Of(10, [0, 3]));
    }

    [Fact]
    public void Sections_GoAsDeepAsItTakes()
    {
        Assert.Equal(["A", "A", "B", "B", "C"], Sections.Of(["Title › A", "Title › A › x", "Title › B", "Title › B", "Title › C"]));
        Assert.Equal(["A", "B"], Sections.Of(["A › x", "B"]));
        Assert.Equal([null, null], Sections.Of([null, null]));
    }

    private static async Task<(IWholeReader Reader, ReadingPlan Plan)> PlanAsync(Store store, KnowledgeScope scope) =>
        (store.Get<IWholeReader>(), await store.Get<IPassageReader>().PlanAsync(scope, null, Cancel));
}
