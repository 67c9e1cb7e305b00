using System.Buffers;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>
/// Okapi BM25 (Robertson and Zaragoza 2009) over the live passages of one knowledge base, with the non-negative
/// idf = ln(1 + (N - df + 0.5) / (df + 0.5)). Nothing outside the knowledge base has a part in it.
/// </summary>
internal static class Bm25
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    public static double Idf(int passageCount, int documentFrequency) =>
        Math.Log(1 + ((Math.Max(passageCount, documentFrequency) - documentFrequency + 0.5) / (documentFrequency + 0.5)));

    /// <summary>Inverse document frequency of each term, also of those that no passage holds.</summary>
    public static double[] Weights(LiveBlocks live, IReadOnlyList<string> terms)
    {
        var weights = new double[terms.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            var frequency = 0;
            foreach (var view in live.Views)
            {
                frequency += Frequency(view, view.Block.Postings(terms[i]));
            }

            weights[i] = Idf(live.PassageCount, frequency);
        }

        GC.KeepAlive(live);
        return weights;
    }

    /// <param name="terms">Distinct.</param>
    /// <param name="weights">One for each term.</param>
    public static IReadOnlyList<IndexHit> Best(LiveBlocks live, IReadOnlyList<string> terms, double[] weights, int limit)
    {
        // count * (K1 + 1) / (count + K1 * (1 - B + B * length / average))
        var perTerm = K1 * B / Math.Max(1, live.TermCount / (double)Math.Max(1, live.PassageCount));
        var best = new TopHits(limit);
        for (var i = 0; i < live.Views.Count; i++)
        {
            var block = live.Views[i].Block;
            var rented = ArrayPool<double>.Shared.Rent(Math.Max(1, block.Header.Passages));
            var scores = rented.AsSpan(0, block.Header.Passages);
            scores.Clear();
            for (var term = 0; term < terms.Count; term++)
            {
                AddScores(scores, block.Postings(terms[term]), block.Lengths, weights[term], perTerm);
            }

            Keep(best, live.Views[i], i, scores);
            ArrayPool<double>.Shared.Return(rented);
        }

        GC.KeepAlive(live);
        return [.. best.Best().ToArray().Select(hit => new IndexHit(hit.Row, hit.Score))];
    }

    private static int Frequency(BlockView view, ReadOnlySpan<uint> postings)
    {
        if (view.Bits is null)
        {
            return postings.Length;
        }

        var frequency = 0;
        foreach (var posting in postings)
        {
            frequency += view.IsLive((int)(posting >> BlockLayout.CountBits)) ? 1 : 0;
        }

        return frequency;
    }

    private static void AddScores(Span<double> scores, ReadOnlySpan<uint> postings, ReadOnlySpan<int> lengths, double weight, double perTerm)
    {
        foreach (var posting in postings)
        {
            var position = (int)(posting >> BlockLayout.CountBits);
            double count = posting & BlockLayout.MostCount;
            scores[position] += weight * (count * (K1 + 1) / (count + (K1 * (1 - B)) + (perTerm * lengths[position])));
        }
    }

    private static void Keep(TopHits best, BlockView view, int index, ReadOnlySpan<double> scores)
    {
        var threshold = best.Threshold;
        for (var i = 0; i < scores.Length; i++)
        {
            var score = scores[i];
            if (score > 0 && score >= threshold && view.IsLive(i))
            {
                best.Add(new BlockHit(score, view.Block.Rows[i], index, i));
                threshold = best.Threshold;
            }
        }
    }
}
