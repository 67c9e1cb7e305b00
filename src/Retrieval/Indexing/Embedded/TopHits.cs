namespace Rag.Retrieval.Indexing.Embedded;

/// <param name="View">Which view of the live blocks.</param>
/// <param name="Position">Which passage of its block.</param>
internal readonly record struct BlockHit(double Score, long Row, int View, int Position) : IComparable<BlockHit>
{
    /// <summary>Better ones first; of equal ones the lower row, wherever the passages lie.</summary>
    public int CompareTo(BlockHit other) => Score != other.Score ? other.Score.CompareTo(Score) : Row.CompareTo(other.Row);
}

/// <summary>Keeps the best of many hits: gathers four times as many as are wanted, then cuts.</summary>
internal sealed class TopHits(int limit)
{
    private readonly BlockHit[] hits = new BlockHit[checked(Math.Max(limit, 1) * 4)];
    private int count;

    /// <summary>What a score must reach to be looked at; negative infinity until enough hits are there.</summary>
    public double Threshold { get; private set; } = double.NegativeInfinity;

    public void Add(in BlockHit hit)
    {
        if (count == hits.Length)
        {
            Cut();
        }

        hits[count++] = hit;
    }

    /// <summary>Best first.</summary>
    public ReadOnlySpan<BlockHit> Best()
    {
        Cut();
        return hits.AsSpan(0, count);
    }

    private void Cut()
    {
        hits.AsSpan(0, count).Sort();
        if (count >= limit)
        {
            count = limit;
            Threshold = limit == 0 ? double.PositiveInfinity : hits[limit - 1].Score;
        }
    }
}
