using System.Numerics.Tensors;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>The vectors of one document's live generation.</summary>
/// <param name="Rows">Chunk rows, one for each vector.</param>
/// <param name="Vectors">(passage, dimension), one after the other.</param>
internal sealed record DocumentVectors(DocumentId Document, int Generation, long[] Rows, int[] TermCounts, float[] Vectors);

/// <summary>What is live in one knowledge base at one version. Never changes; a newer version makes a new one that shares unchanged documents.</summary>
internal sealed class LiveVectors(ScopeStatistics statistics, IReadOnlyList<DocumentVectors> documents)
{
    public ScopeStatistics Statistics { get; } = statistics;

    public IReadOnlyList<DocumentVectors> Documents { get; } = documents;

    public int FileCount => Documents.Count;

    public long Bytes { get; } = documents.Sum(d => (long)d.Vectors.Length * sizeof(float));

    public IReadOnlyDictionary<long, int> TermCounts { get; } = documents
        .SelectMany(d => d.Rows.Zip(d.TermCounts))
        .ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>Exact search: every vector is compared. Both sides are normalised, so the dot product is the cosine.</summary>
    /// <exception cref="ArgumentException">The query's dimensions are not those of the stored vectors.</exception>
    public IReadOnlyList<IndexHit> Nearest(ReadOnlySpan<float> query, int limit)
    {
        var best = new PriorityQueue<long, double>();   // the worst kept hit comes out first
        foreach (var document in Documents)
        {
            if (document.Vectors.Length != document.Rows.Length * query.Length)
            {
                throw new ArgumentException("The query has other dimensions than the stored vectors.", nameof(query));
            }

            for (var i = 0; i < document.Rows.Length; i++)
            {
                double score = TensorPrimitives.Dot(query, document.Vectors.AsSpan(i * query.Length, query.Length));
                if (best.Count < limit)
                {
                    best.Enqueue(document.Rows[i], score);
                }
                else
                {
                    best.EnqueueDequeue(document.Rows[i], score);
                }
            }
        }

        return [.. best.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element)
            .Select(item => new IndexHit(item.Element, item.Priority))];
    }
}
