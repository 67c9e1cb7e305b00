using System.Runtime.Intrinsics.X86;
using Rag.Retrieval.Indexing.Embedded;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Tests.Indexing.Embedded;

public sealed class VectorScanTests
{
    public static TheoryData<int> Dimensions => [1, 63, 64, 65, 384, 768, 1_000];

    [Theory]
    [MemberData(nameof(Dimensions))]
    public unsafe void Dots_OnEveryPath_AreThoseOfPlainIntegers(int dimensions)
    {
        var random = new Random(dimensions);
        var stride = Int8.Stride(dimensions);
        var vectors = new sbyte[5 * stride];
        var query = new short[stride];
        for (var i = 0; i < 5 * stride; i++)
        {
            // Extremes among them: these are what saturates or wraps in a wrong kernel.
            vectors[i] = i % stride >= dimensions ? (sbyte)0 : i / stride == 0 ? (sbyte)127 : i / stride == 1 ? (sbyte)-127 : (sbyte)random.Next(-127, 128);
        }

        foreach (var fill in new short?[] { 127, -127, null })
        {
            for (var i = 0; i < dimensions; i++)
            {
                query[i] = fill ?? (short)random.Next(-127, 128);
            }

            var expected = Enumerable.Range(0, 5).Select(v => Enumerable.Range(0, dimensions).Sum(i => vectors[(v * stride) + i] * query[i])).ToArray();
            foreach (var path in Paths())
            {
                var dots = new int[5];
                fixed (sbyte* v = vectors)
                fixed (short* q = query)
                fixed (int* r = dots)
                {
                    Int8.Dots(path, v, stride, 5, q, r);
                }

                Assert.Equal(expected, dots);
            }
        }
    }

    [Fact]
    public void Quantise_KeepsWithinHalfAStepAndGivesZerosForWhatIsNoVector()
    {
        var vector = Blocks.Vectors(1, 100, 3)[0];
        var target = new sbyte[128];

        var scale = Int8.Quantise(vector, target);

        Assert.All(Enumerable.Range(0, 100), i => Assert.InRange(vector[i] - (target[i] * scale), -scale * 0.501f, scale * 0.501f));
        Assert.Equal(127, target.Max(x => Math.Abs((int)x)));
        Assert.All(target[100..], x => Assert.Equal(0, x));
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, 0f, float.Epsilon })
        {
            Assert.Equal(0, Int8.Quantise([bad, bad], target));
            Assert.All(target, x => Assert.Equal(0, x));
        }
    }

    [Fact]
    public void Scan_OverAllPaths_FindsWhatExactSearchFinds()
    {
        var vectors = Blocks.Vectors(6_000, 384, 1);
        var live = Blocks.Live(Blocks.Of(100, vectors[..2_500], vectors[2_500..2_501]), Blocks.Of(2_601, vectors[2_501..]));
        var passages = vectors.Select((vector, i) => (Row: 100L + i, vector)).ToList();
        var found = 0;
        foreach (var query in Blocks.Vectors(30, 384, 2))
        {
            var exact = Blocks.Exact(passages, query, 10);
            foreach (var path in Paths())
            {
                var hits = VectorScan.Nearest(live, query, 10, path);
                Assert.Equal(10, hits.Count);
                found += hits.Select(hit => hit.Row).Intersect(exact.Select(hit => hit.Row)).Count();
                var scores = passages.ToDictionary(p => p.Row, p => System.Numerics.Tensors.TensorPrimitives.Dot<float>(query, p.vector));
                Assert.All(hits, hit => Assert.Equal(scores[hit.Row], hit.Score, 1e-6));
                Assert.Equal(hits.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row), hits);
            }
        }

        Assert.InRange(found / (300.0 * Paths().Count()), 0.99, 1);
    }

    [Fact]
    public void Scan_WithFewPassages_IsExactToTheLast()
    {
        var vectors = Blocks.Vectors(150, 64, 5);
        var live = Blocks.Live(Blocks.Of(1, vectors));
        var query = Blocks.Vectors(1, 64, 6)[0];

        Assert.Equal(Blocks.Exact(vectors.Select((v, i) => (i + 1L, v)), query, 1_000), VectorScan.Nearest(live, query, 1_000));
        Assert.Empty(VectorScan.Nearest(live, query, 0));
    }

    [Fact]
    public void Scan_OfManyEqualVectors_GivesTheLowestRowsHoweverTheyLieInBlocks()
    {
        var same = Enumerable.Repeat(Blocks.Vectors(1, 64, 9)[0], 2_000).ToArray();
        var (low, high) = (Blocks.Of(1, same), Blocks.Of(5_000, same));

        foreach (var live in new[] { Blocks.Live(low, high), Blocks.Live(high, low) })
        {
            Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), VectorScan.Nearest(live, same[0], 30).Select(hit => hit.Row));
        }
    }

    [Fact]
    public void Scan_LeavesOutDeadDocumentsAndVectorsThatAreNone()
    {
        var vectors = Blocks.Vectors(40, 64, 7);
        var block = Blocks.Of(1, vectors[..10], [[.. Enumerable.Repeat(float.NaN, 64)]], vectors[10..20], vectors[20..]);
        var live = new LiveBlocks(new BaseVersion(1, 1, Blocks.Owner), [BlockView.Of(block, [0, 1, 3])]);

        var hits = VectorScan.Nearest(live, vectors[12], 100);

        Assert.Equal([.. Enumerable.Range(1, 10), .. Enumerable.Range(22, 20)], hits.Select(hit => (int)hit.Row).Order());
        Assert.Equal(31, live.PassageCount);
    }

    [Fact]
    public void Scan_WithOtherDimensions_Throws()
    {
        var live = Blocks.Live(Blocks.Of(1, Blocks.Vectors(3, 64, 1)));

        Assert.Throws<ArgumentException>(() => VectorScan.Nearest(live, new float[65], 3));
        Assert.Empty(VectorScan.Nearest(Blocks.Live(Blocks.Of(1, [[]])), new float[65], 3));
    }

    [Fact]
    public void Bm25_FollowsTheFormulaOverLivePassagesAlone()
    {
        var builder = new BlockBuilder(Blocks.Owner, 2);
        foreach (var (row, words) in new (long, string)[] { (1, "rose rose a a a a a a a a"), (2, "rose b b b b b b b b b b b b b b b b b b b"), (99, "rose rose"), (3, "") })
        {
            builder.Begin(new LiveDocument(DocumentId.New(), 1, 1, 1, "t"));
            builder.Add(row, words.Split(' ', StringSplitOptions.RemoveEmptyEntries), [1, 0]);
        }

        var live = new LiveBlocks(new BaseVersion(1, 1, Blocks.Owner), [BlockView.Of(builder.Build(), [0, 1, 3])]);   // 99 is not live
        var weights = Bm25.Weights(live, ["rose", "nowhere"]);
        var best = Bm25.Best(live, ["rose", "nowhere"], weights, 10);

        var idf = Math.Log(1 + (1.5 / 2.5));
        Assert.Equal([idf, Bm25.Idf(3, 0)], weights);
        Assert.Equal([1, 2], best.Select(hit => hit.Row));
        Assert.Equal(idf * 2 * 2.2 / (2 + 1.2), best[0].Score, 12);
        Assert.Equal(idf * 2.2 / (1 + (1.2 * (0.25 + (0.75 * 2)))), best[1].Score, 12);
        Assert.Single(Bm25.Best(live, ["rose", "nowhere"], weights, 1));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 0)]
    public void Bm25_InTheSmallestKnowledgeBase_WeighsEachTermAboveZero(int passages, int holding) => Assert.True(Bm25.Idf(passages, holding) > 0);

    [Fact]
    public void Postings_OfATermRepeatedBeyondItsCounter_StayWithTheirPassage()
    {
        var builder = new BlockBuilder(Blocks.Owner, 2);
        builder.Begin(new LiveDocument(DocumentId.New(), 1, 2, 1, "t"));
        builder.Add(1, [.. Enumerable.Repeat("echo", 10_000), "other"], [1, 0]);
        builder.Add(2, ["other"], [1, 0]);

        var block = builder.Build();

        Assert.Equal([4_095u], block.Postings("echo").ToArray());
        Assert.Equal([1u, (1u << 12) | 1], block.Postings("other").ToArray());
        Assert.Equal(10_001, block.Lengths[0]);
    }

    private static IEnumerable<Int8Path> Paths() => Enum.GetValues<Int8Path>().Where(path => path switch
    {
        Int8Path.Avx512 => Avx512BW.IsSupported,
        Int8Path.Avx2 => Avx2.IsSupported,
        _ => true,
    });
}
