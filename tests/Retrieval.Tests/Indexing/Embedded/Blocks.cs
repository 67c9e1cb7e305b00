using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Embedded;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Tests.Indexing.Embedded;

/// <summary>Blocks made without SQL, and vectors that look like embeddings.</summary>
internal static class Blocks
{
    public static readonly BlockOwner Owner = BlockOwner.Of(new KnowledgeBaseId(new Guid("0198a000-0000-7000-8000-000000000001")), "test");

    /// <summary>Unit vectors around centres that share a direction, as those of one model's texts do.</summary>
    public static float[][] Vectors(int count, int dimensions, int seed, int centres = 50)
    {
        var random = new Random(seed);
        var common = Normal(random, dimensions);
        var around = Enumerable.Range(0, centres).Select(_ => Normal(random, dimensions)).ToArray();
        var vectors = new float[count][];
        for (var i = 0; i < count; i++)
        {
            var (centre, noise) = (around[random.Next(centres)], Normal(random, dimensions));
            vectors[i] = [.. noise.Select((x, d) => (1.2f * common[d]) + centre[d] + (0.8f * x))];
            Normalise(vectors[i]);
        }

        return vectors;
    }

    /// <summary>One block of one document a vector list; rows count from <paramref name="firstRow"/>.</summary>
    public static PassageBlock Of(long firstRow, params float[][][] documents)
    {
        var builder = new BlockBuilder(Owner, documents.SelectMany(d => d).Select(v => v.Length).FirstOrDefault());
        foreach (var vectors in documents)
        {
            builder.Begin(new LiveDocument(DocumentId.New(), 1, vectors.Length, vectors.Length, "t"));
            foreach (var vector in vectors)
            {
                builder.Add(firstRow++, ["word"], vector);
            }
        }

        return builder.Build();
    }

    public static LiveBlocks Live(params PassageBlock[] blocks) =>
        new(new BaseVersion(1, 1, Owner), [.. blocks.Select(block => BlockView.Of(block, [.. Enumerable.Range(0, block.Header.Documents)]))]);

    /// <summary>What a search in fp32 alone would give.</summary>
    public static List<IndexHit> Exact(IEnumerable<(long Row, float[] Vector)> passages, float[] query, int limit) =>
        [.. passages.Select(passage => new IndexHit(passage.Row, System.Numerics.Tensors.TensorPrimitives.Dot<float>(query, passage.Vector)))
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row).Take(limit)];

    public static float[] Normal(Random random, int dimensions) =>
        [.. Enumerable.Range(0, dimensions).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];

    private static void Normalise(float[] vector)
    {
        var length = MathF.Sqrt(vector.Sum(x => x * x));
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] /= length;
        }
    }
}
