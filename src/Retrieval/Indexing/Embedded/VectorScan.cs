using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>A vector is not what was written. Its block must be built from SQL again.</summary>
internal sealed class DamagedBlockException(PassageBlock block) : Exception("A stored vector is damaged.")
{
    public PassageBlock Block { get; } = block;
}

/// <summary>
/// Exact search in two steps: every live vector is compared in int8, then the best of them again in fp32, whose order and scores are given.
/// Both sides are normalised, so the dot product is the cosine.
/// </summary>
internal static class VectorScan
{
    /// <summary>How many the first step hands on: far more than are asked for, so that rounding loses none of those.</summary>
    private const int LeastCandidates = 200;
    private const int CandidatesPerHit = 4;
    private const int ScannedAtOnce = 256;

    /// <exception cref="ArgumentException">The query's dimensions are not those of the stored vectors.</exception>
    /// <exception cref="DamagedBlockException">A vector does not fit its checksum.</exception>
    public static IReadOnlyList<IndexHit> Nearest(LiveBlocks live, ReadOnlySpan<float> query, int limit) => Nearest(live, query, limit, Int8.Fastest);

    public static IReadOnlyList<IndexHit> Nearest(LiveBlocks live, ReadOnlySpan<float> query, int limit, Int8Path path)
    {
        var candidates = Candidates(live, query, Math.Max(LeastCandidates, checked(limit * CandidatesPerHit)), path);
        var hits = new List<IndexHit>(candidates.Length);
        foreach (ref readonly var candidate in candidates)
        {
            var block = live.Views[candidate.View].Block;
            var vector = block.Full(candidate.Position);
            if (Crc32C.Of(vector) != block.Checks[candidate.Position])
            {
                throw new DamagedBlockException(block);
            }

            var score = TensorPrimitives.Dot(query, vector);
            if (float.IsFinite(score))
            {
                hits.Add(new IndexHit(candidate.Row, score));
            }
        }

        GC.KeepAlive(live);
        hits.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Row.CompareTo(b.Row));
        return hits.Count <= limit ? hits : hits.GetRange(0, limit);
    }

    [SkipLocalsInit]
    private static unsafe ReadOnlySpan<BlockHit> Candidates(LiveBlocks live, ReadOnlySpan<float> query, int count, Int8Path path)
    {
        var stride = Int8.Stride(query.Length);
        var bytes = new sbyte[stride];
        Int8.Quantise(query, bytes);
        var wide = GC.AllocateUninitializedArray<short>(stride, pinned: true);
        for (var i = 0; i < stride; i++)
        {
            wide[i] = bytes[i];
        }

        var best = new TopHits(count);
        var dots = stackalloc int[ScannedAtOnce];
        fixed (short* wideQuery = wide)
        {
            for (var i = 0; i < live.Views.Count; i++)
            {
                var block = live.Views[i].Block;
                if (live.Views[i].Passages > 0 && block.Dimensions != query.Length)
                {
                    throw new ArgumentException("The query has other dimensions than the stored vectors.", nameof(query));
                }

                foreach (var (first, length) in live.Views[i].Ranges)
                {
                    for (var start = first; start < first + length; start += ScannedAtOnce)
                    {
                        var scanned = Math.Min(ScannedAtOnce, first + length - start);
                        Int8.Dots(path, block.Quantised + ((long)start * stride), stride, scanned, wideQuery, dots);
                        Keep(best, block, i, start, new ReadOnlySpan<int>(dots, scanned));
                    }
                }
            }
        }

        GC.KeepAlive(live);
        return best.Best();
    }

    private static void Keep(TopHits best, PassageBlock block, int view, int start, ReadOnlySpan<int> dots)
    {
        var scales = block.Scales.Slice(start, dots.Length);
        var threshold = best.Threshold;
        for (var i = 0; i < dots.Length; i++)
        {
            var score = dots[i] * scales[i];
            if (score >= threshold)
            {
                best.Add(new BlockHit(score, block.Rows[start + i], view, start + i));
                threshold = best.Threshold;
            }
        }
    }
}
