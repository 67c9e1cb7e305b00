using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rag.Retrieval.Search;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Search;

public sealed class EvidenceRerankerTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Likelihood_DecidesBetweenWhatIsClose()
    {
        var ranker = new Ranker(clock, (_, i) => i == 2 ? -1 : -2);

        var ranked = await RankAsync(Reranker(ranker), 5);

        Assert.Equal(["3", "1", "2", "4", "5"], ranked);
        Assert.Equal("q", ranker.Question);
    }

    [Fact]
    public async Task Likelihood_DoesNotOverturnAClearLead() =>
        Assert.Equal(["1", "2", "3", "4", "5"], await RankAsync(Reranker(new Ranker(clock, (_, i) => i)), 5, step: 1));

    [Fact]
    public async Task Model_ThatIsMissing_LeavesTheOrder()
    {
        Assert.Equal(["1", "2", "3", "4"], await RankAsync(new EvidenceReranker([], clock, Settings()), 4));
        Assert.Equal(["1", "2", "3", "4"], await RankAsync(Reranker(new Ranker(clock, null)), 4));
    }

    [Fact]
    public async Task Candidates_AreAtMostSoMany()
    {
        var ranker = new Ranker(clock, (_, i) => -i);

        await RankAsync(Reranker(ranker, most: 6), 20);

        Assert.Equal([6], ranker.Calls);
    }

    [Theory]
    [InlineData(3, 8)]
    [InlineData(20, 0)]
    public async Task Few_OrNone_AreNotWorthARun(int candidates, int most)
    {
        var ranker = new Ranker(clock, (_, i) => -i);

        await RankAsync(Reranker(ranker, most), candidates);

        Assert.Empty(ranker.Calls);
    }

    [Fact]
    public async Task Model_ThatTakesLongerThanTheBudget_IsStoppedAndLeftAloneForAWhile()
    {
        var ranker = new Ranker(clock, (_, i) => i, TimeSpan.FromSeconds(2));
        var reranker = Reranker(ranker);

        Assert.Equal(["1", "2", "3", "4", "5"], await RankAsync(reranker, 5));
        for (var i = 1; i < 50; i++)
        {
            await RankAsync(reranker, 5);
        }

        Assert.Equal([5], ranker.Calls);
        await RankAsync(reranker, 5);
        Assert.Equal([5, 5], ranker.Calls);   // perhaps it is faster by now
    }

    [Fact]
    public async Task Model_ThatCanReadSomeInTime_ReadsThose()
    {
        var ranker = new Ranker(clock, (_, i) => i, TimeSpan.FromMilliseconds(200));
        var reranker = Reranker(ranker);

        await RankAsync(reranker, 5);    // five took 200 ms, so that six go into 250
        await RankAsync(reranker, 8);

        Assert.Equal([5, 6], ranker.Calls);
    }

    [Fact]
    public async Task Cancelling_Cancels() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Reranker(new Ranker(clock, (_, i) => i)).RankAsync("q", Candidates(5, 0.01), new CancellationToken(true)));

    private EvidenceReranker Reranker(IEvidenceRanker ranker, int most = 8) => new([ranker], clock, Settings(most));

    private static IOptions<RetrievalOptions> Settings(int most = 8) => Options.Create(new RetrievalOptions { RerankCandidates = most, RerankBudget = Budget });

    private static async Task<IEnumerable<string>> RankAsync(EvidenceReranker reranker, int count, double step = 0.01) =>
        (await reranker.RankAsync("q", Candidates(count, step), Cancel)).Select(candidate => candidate.Unit.Text);

    private static List<(EvidenceUnit, double)> Candidates(int count, double step) =>
        [.. Enumerable.Range(1, count).Select(i => (new EvidenceUnit(0, Pieces.Page(1, 0, "x\n"), i, i + 1, $"{i}", null, [], new HashSet<string>()), 10 - (i * step)))];

    /// <param name="score">Null: no model.</param>
    private sealed class Ranker(FakeTimeProvider clock, Func<string, int, double>? score, TimeSpan takes = default) : IEvidenceRanker
    {
        public List<int> Calls { get; } = [];

        public string? Question { get; private set; }

        public Task<IReadOnlyList<double>?> ScoreAsync(string question, IReadOnlyList<string> sentences, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            Question = question;
            Calls.Add(sentences.Count);
            clock.Advance(takes);   // also fires the budget's timer
            cancel.ThrowIfCancellationRequested();
            return Task.FromResult<IReadOnlyList<double>?>(score is null ? null : [.. sentences.Select(score)]);
        }
    }
}
