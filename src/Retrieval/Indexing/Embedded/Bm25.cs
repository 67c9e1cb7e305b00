namespace Rag.Retrieval.Indexing.Embedded;

/// <param name="Number">The knowledge base in the inverted index.</param>
/// <param name="PassageCount">N: live passages.</param>
/// <param name="TermTotal">Sum of their lengths in terms.</param>
internal sealed record ScopeStatistics(int Number, long Version, int PassageCount, long TermTotal);

/// <summary>
/// Okapi BM25 (Robertson and Zaragoza 2009) over the live passages of one knowledge base, with the non-negative
/// idf = ln(1 + (N - df + 0.5) / (df + 0.5)).
/// </summary>
internal sealed class Bm25(ScopeStatistics statistics)
{
    private const double K1 = 1.2;
    private const double B = 0.75;
    private readonly double averageLength = Math.Max(1, statistics.TermTotal / (double)Math.Max(1, statistics.PassageCount));
    private readonly Dictionary<long, double> scores = [];
    private readonly Dictionary<string, double> weights = [];

    public IReadOnlyDictionary<string, double> TermWeights => weights;

    public static double Idf(int passageCount, int documentFrequency) =>
        Math.Log(1 + ((Math.Max(passageCount, documentFrequency) - documentFrequency + 0.5) / (documentFrequency + 0.5)));

    /// <param name="lengths">Terms of each live passage; postings of other rows are ignored.</param>
    public void Add(string term, List<(long Row, int Count)> postings, IReadOnlyDictionary<long, int> lengths)
    {
        var frequency = postings.Count(posting => lengths.ContainsKey(posting.Row));
        var idf = Idf(statistics.PassageCount, frequency);
        weights[term] = idf;
        foreach (var (row, count) in postings)
        {
            if (lengths.TryGetValue(row, out var length))
            {
                var saturated = count * (K1 + 1) / (count + (K1 * (1 - B + (B * length / averageLength))));
                scores[row] = scores.GetValueOrDefault(row) + (idf * saturated);
            }
        }
    }

    public IReadOnlyList<IndexHit> Best(int limit) =>
        [.. scores.OrderByDescending(score => score.Value).ThenBy(score => score.Key).Take(limit).Select(score => new IndexHit(score.Key, score.Value))];
}
