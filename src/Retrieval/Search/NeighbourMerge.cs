namespace Rag.Retrieval.Search;

/// <summary>Joins chunks that stand side by side in a document, so that a thought cut in two is read whole.</summary>
internal static class NeighbourMerge
{
    /// <summary>More would let one stretch of text fill the whole budget.</summary>
    public const int LongestRun = 3;

    /// <param name="chunks">Best first.</param>
    /// <returns>Best first; each chunk in exactly one passage.</returns>
    public static List<PassageDraft> Merge(IReadOnlyList<FoundChunk> chunks)
    {
        var groups = new List<List<FoundChunk>>();
        foreach (var chunk in chunks)
        {
            // A chunk may close the gap between two groups; then all three become one, if they are not too many.
            var near = groups.Where(group => Touches(group, chunk)).ToList();
            if (near.Sum(group => group.Count) + 1 <= LongestRun && near.Count > 0)
            {
                near[0].Add(chunk);
                foreach (var other in near.Skip(1))
                {
                    near[0].AddRange(other);
                    groups.Remove(other);
                }
            }
            else if (near.FirstOrDefault(group => group.Count < LongestRun) is { } first)
            {
                first.Add(chunk);
            }
            else
            {
                groups.Add([chunk]);
            }
        }

        return [.. groups.Select(group => new PassageDraft([.. group.OrderBy(chunk => chunk.Ordinal)])).OrderByDescending(draft => draft.Best.Score)];
    }

    private static bool Touches(List<FoundChunk> group, FoundChunk chunk) => group.Exists(other =>
        other.Document.Id == chunk.Document.Id && other.Document.Generation == chunk.Document.Generation && Math.Abs(other.Ordinal - chunk.Ordinal) == 1);
}
