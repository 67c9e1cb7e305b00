namespace Rag.Retrieval.Reading;

/// <summary>Shares the points of a summary among files: every file one where it can be, longer ones more.</summary>
internal static class PointShares
{
    /// <param name="sizes">Candidates of each file; 0 = nothing to say.</param>
    public static IReadOnlyList<int> Of(int points, IReadOnlyList<int> sizes)
    {
        var shares = new int[sizes.Count];
        for (var left = points; left > 0; left--)
        {
            // Sainte-Laguë over square roots: a file of four times the length gets twice the points.
            var next = Enumerable.Range(0, sizes.Count).Where(i => shares[i] < sizes[i])
                .OrderBy(i => shares[i] == 0 ? 0 : 1).ThenByDescending(i => Math.Sqrt(sizes[i]) / ((2 * shares[i]) + 1)).ThenBy(i => i)
                .Select(i => (int?)i).FirstOrDefault();
            if (next is not { } file)
            {
                break;
            }

            shares[file]++;
        }

        return shares;
    }
}
