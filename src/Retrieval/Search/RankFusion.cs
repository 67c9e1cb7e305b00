using Rag.Retrieval.Indexing;

namespace Rag.Retrieval.Search;

/// <summary>A passage after fusion, with each list's rank (from 1) and score; null where that list did not find it.</summary>
internal sealed record FusedHit(long Row, int? DenseRank, double? DenseScore, int? LexicalRank, double? LexicalScore, double Score);

/// <summary>Reciprocal rank fusion: ranks, not scores, because BM25 and cosine share no scale. Cormack, Clarke and Büttcher 2009.</summary>
internal static class RankFusion
{
    public static List<FusedHit> Fuse(IReadOnlyList<IndexHit> dense, IReadOnlyList<IndexHit> lexical, double denseWeight, double lexicalWeight)
    {
        var hits = new Dictionary<long, FusedHit>();
        for (var i = 0; i < dense.Count; i++)
        {
            hits[dense[i].Row] = new FusedHit(dense[i].Row, i + 1, dense[i].Score, null, null, Share(denseWeight, i + 1));
        }

        for (var i = 0; i < lexical.Count; i++)
        {
            var hit = hits.GetValueOrDefault(lexical[i].Row) ?? new FusedHit(lexical[i].Row, null, null, null, null, 0);
            hits[hit.Row] = hit with { LexicalRank = i + 1, LexicalScore = lexical[i].Score, Score = hit.Score + Share(lexicalWeight, i + 1) };
        }

        return [.. hits.Values.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row)];
    }

    // Ranks from 1: equal to Qdrant's k = 60, whose ranks start at 0.
    private static double Share(double weight, int rank) => weight / (59 + rank);
}
