using System.Numerics.Tensors;

namespace Rag.Retrieval.Search;

/// <summary>
/// Puts the fused candidates in their final order. Fusion by rank finds them but throws away how much better one is than the next; here
/// measures are added: cosine, share of the question's terms (weighted by rarity), BM25, kept pairs of neighbouring terms, and whether
/// the file is the one that the question names. Weights were chosen on three test sets (docs/decisions/0014).
/// </summary>
internal static class PassageRanking
{
    private const double ShareWeight = 0.7;
    private const double LexicalWeight = 0.175;
    private const double PairWeight = 0.35;
    private const double IdentityWeight = 0.5;

    /// <param name="question">L2-normalised query embedding; empty while another embedding model takes over.</param>
    /// <param name="terms">Of the question, in its order.</param>
    /// <param name="weights">Inverse document frequency of each term in this knowledge base.</param>
    /// <param name="candidates">In the order of fusion, which decides between equals.</param>
    /// <returns>Best first, each with its score, at most 2.725.</returns>
    public static List<FoundChunk> Order(
        ReadOnlyMemory<float> question, IReadOnlyList<string> terms, IReadOnlyDictionary<string, double> weights, IReadOnlyList<FoundChunk> candidates,
        DocumentIdentity identity)
    {
        if (candidates.Count == 0)
        {
            return [];
        }

        var cosines = candidates.Select(chunk => question.IsEmpty ? 0 : (double)TensorPrimitives.Dot(chunk.Vector.Span, question.Span)).ToList();
        var (least, most) = (cosines.Min(), cosines.Max());
        var bestLexical = candidates.Max(chunk => chunk.Hit.LexicalScore ?? 0);
        var asked = new AskedTerms(terms, weights);
        return [.. candidates
            .Select((chunk, i) =>
            {
                // Cosines of one question lie close together, where exactly depends on the embedder: only their place between the ends counts.
                var cosine = most > least ? (cosines[i] - least) / (most - least) : 0;
                var lexical = bestLexical > 0 ? (chunk.Hit.LexicalScore ?? 0) / bestLexical : 0;
                var (share, pairs) = asked.In(chunk.Terms, identity.NamesOf(chunk.Document.Id));
                return chunk with { Score = cosine + (ShareWeight * share) + (LexicalWeight * lexical) + (PairWeight * pairs)
                    + (IdentityWeight * identity.Affinity(chunk.Document.Id)) };
            })
            .OrderByDescending(chunk => chunk.Score)];
    }

    /// <summary>What a question asks for, each term and pair with its share of the whole.</summary>
    private sealed class AskedTerms
    {
        private readonly Dictionary<string, double> terms = [];
        private readonly Dictionary<(string, string), double> pairs = [];

        public AskedTerms(IReadOnlyList<string> question, IReadOnlyDictionary<string, double> weights)
        {
            foreach (var term in question)
            {
                terms.TryAdd(term, Weight(term));
            }

            foreach (var (first, second) in question.Zip(question.Skip(1)))
            {
                pairs.TryAdd((first, second), Weight(first) + Weight(second));
            }

            Normalise(terms);
            Normalise(pairs);

            double Weight(string term) => weights.GetValueOrDefault(term, 1);
        }

        /// <returns>Weighted share of the terms, and of the pairs, that the passage holds; 0 to 1.</returns>
        public (double Share, double Pairs) In(IReadOnlyList<string> passage, IReadOnlySet<string> understood)
        {
            var held = understood.Where(terms.ContainsKey).ToHashSet();
            var kept = new HashSet<(string, string)>();
            for (var i = 0; i < passage.Count; i++)
            {
                if (terms.ContainsKey(passage[i]))
                {
                    held.Add(passage[i]);
                    if (i > 0 && pairs.ContainsKey((passage[i - 1], passage[i])))
                    {
                        kept.Add((passage[i - 1], passage[i]));
                    }
                }
            }

            return (held.Sum(term => terms[term]), kept.Sum(pair => pairs[pair]));
        }

        private static void Normalise<T>(Dictionary<T, double> shares)
            where T : notnull
        {
            var all = shares.Values.Sum();
            foreach (var key in shares.Keys)
            {
                shares[key] = all > 0 ? shares[key] / all : 0;
            }
        }
    }
}
