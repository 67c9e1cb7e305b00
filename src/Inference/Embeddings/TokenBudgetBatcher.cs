namespace Rag.Inference.Embeddings;

/// <summary>Cuts many inputs into runs of about equal length, so that little of a run is padding.</summary>
internal static class TokenBudgetBatcher
{
    /// <summary>Indices into <paramref name="lengths"/>, shortest inputs first; each group's count × longest stays within the budget, or it is one input.</summary>
    /// <param name="lengths">Tokens of each input.</param>
    /// <param name="maxTokens">Padded tokens of one run.</param>
    public static List<int[]> Cut(IReadOnlyList<int> lengths, int maxTokens)
    {
        var order = Enumerable.Range(0, lengths.Count).OrderBy(i => lengths[i]).ToArray();
        var batches = new List<int[]>();
        var start = 0;
        for (var next = 0; next < order.Length; next++)
        {
            // Sorted, so the newest input is the longest.
            if (next > start && (next - start + 1) * lengths[order[next]] > maxTokens)
            {
                batches.Add(order[start..next]);
                start = next;
            }
        }

        if (start < order.Length)
        {
            batches.Add(order[start..]);
        }

        return batches;
    }
}
