namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>The live documents of one block.</summary>
/// <param name="Chosen">Their places in <see cref="PassageBlock.Documents"/>, ascending.</param>
/// <param name="Ranges">Their passages, neighbours joined.</param>
/// <param name="Bits">A bit for each passage that is live; null where all are.</param>
internal sealed record BlockView(PassageBlock Block, IReadOnlyList<int> Chosen, IReadOnlyList<(int First, int Count)> Ranges, ulong[]? Bits)
{
    public int Passages { get; } = Ranges.Sum(range => range.Count);

    public static BlockView Of(PassageBlock block, IReadOnlyList<int> chosen)
    {
        var ranges = new List<(int First, int Count)>();
        foreach (var index in chosen)
        {
            var document = block.Documents[index];
            if (ranges.Count > 0 && ranges[^1].First + ranges[^1].Count == document.First)
            {
                ranges[^1] = (ranges[^1].First, ranges[^1].Count + document.Count);
            }
            else if (document.Count > 0)
            {
                ranges.Add((document.First, document.Count));
            }
        }

        return new BlockView(block, chosen, ranges, ranges.Sum(range => range.Count) == block.Header.Passages ? null : BitsOf(block, ranges));
    }

    public bool IsLive(int position) => Bits is null || (Bits[position >> 6] >> (position & 63) & 1) != 0;

    private static ulong[] BitsOf(PassageBlock block, List<(int First, int Count)> ranges)
    {
        var bits = new ulong[(block.Header.Passages + 63) / 64];
        foreach (var (first, count) in ranges)
        {
            for (var i = first; i < first + count; i++)
            {
                bits[i >> 6] |= 1UL << (i & 63);
            }
        }

        return bits;
    }
}

/// <summary>
/// What is live in one knowledge base at one version. Never changes; a newer version makes a new one that shares unchanged blocks.
/// The statistics of BM25 are those of exactly these passages.
/// </summary>
internal sealed class LiveBlocks(BaseVersion version, IReadOnlyList<BlockView> views)
{
    public BaseVersion Version { get; } = version;

    public IReadOnlyList<BlockView> Views { get; } = views;

    /// <summary>N of BM25.</summary>
    public int PassageCount { get; } = views.Sum(view => view.Passages);

    /// <summary>Total length of BM25; divided by N it is the average.</summary>
    public long TermCount { get; } = views.Sum(TermsOf);

    public int FileCount { get; } = views.Sum(view => view.Chosen.Count);

    public long Bytes { get; } = views.Sum(view => view.Block.Bytes);

    private static long TermsOf(BlockView view)
    {
        long total = 0;
        foreach (var (first, count) in view.Ranges)
        {
            foreach (var length in view.Block.Lengths.Slice(first, count))
            {
                total += length;
            }
        }

        return total;
    }
}
