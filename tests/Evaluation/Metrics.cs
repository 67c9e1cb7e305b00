namespace Rag.Evaluation;

/// <summary>Measures of one ranked list; ranks start at 1.</summary>
internal static class Metrics
{
    /// <summary>Normalised discounted cumulative gain with binary relevance. Järvelin and Kekäläinen 2002.</summary>
    /// <param name="ranked">Best first; only the first <paramref name="depth"/> count.</param>
    /// <param name="relevant">All that are relevant; at least one.</param>
    public static double Ndcg<T>(IEnumerable<T> ranked, IReadOnlySet<T> relevant, int depth = 10)
    {
        var gain = ranked.Take(depth).Select((item, i) => relevant.Contains(item) ? Discount(i + 1) : 0).Sum();
        return gain / Enumerable.Range(1, Math.Min(depth, relevant.Count)).Sum(Discount);
    }

    /// <summary>Characters of the references that the ranges hold, and that over all characters of either (intersection over union).</summary>
    public static (double Recall, double Iou) Cover(IReadOnlyList<(int Start, int End)> ranges, IReadOnlyList<(int Start, int End)> references)
    {
        var found = Characters(ranges);
        var wanted = Characters(references);
        var both = wanted.Count(found.Contains);
        found.UnionWith(wanted);
        return (both / (double)wanted.Count, both / (double)found.Count);
    }

    private static HashSet<int> Characters(IEnumerable<(int Start, int End)> ranges) =>
        [.. ranges.SelectMany(range => Enumerable.Range(range.Start, Math.Max(0, range.End - range.Start)))];

    private static double Discount(int rank) => 1 / Math.Log2(rank + 1);
}
