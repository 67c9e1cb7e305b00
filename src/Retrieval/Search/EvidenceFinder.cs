using System.Numerics.Tensors;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Search;

/// <param name="BestCosine">Of any candidate; part of the relevance.</param>
internal sealed record FoundEvidence(IReadOnlyList<(EvidenceUnit Unit, double Score)> Best, double BestCosine);

/// <summary>
/// Finds the sentences and rows that decide a question. Words and the passage's rank choose some candidates; these are embedded, and
/// cosine and lexical score, both min-max scaled over the candidates, are added.
/// </summary>
internal sealed class EvidenceFinder(SentenceVectors sentences, IOptions<RetrievalOptions> options)
{
    private const double K1 = 1.2;
    private const double B = 0.4;             // sentences vary less in length than documents do
    private const double ContextShare = 0.6;  // a term in title, heading or caption, against one in the unit itself
    private const double PairShare = 0.5;     // for two terms that stand side by side in the question and in a row: "total net sales"
    private const double RankShare = 0.5;     // of the best lexical score, for units of the first passage

    public async Task<FoundEvidence> FindAsync(
        KnowledgeScope scope, ReadOnlyMemory<float> question, IReadOnlyList<string> terms, IReadOnlyDictionary<string, double> weights,
        IReadOnlyList<EvidenceUnit> units, CancellationToken cancel)
    {
        var candidates = Choose(terms, weights, units);
        if (candidates.Count == 0)
        {
            return new FoundEvidence([], 0);
        }

        var vectors = await sentences.GetAsync(scope, candidates.ConvertAll(candidate => candidate.Unit.EmbeddedText), cancel);
        var cosines = vectors.Select(vector => (double)TensorPrimitives.Dot(vector.Span, question.Span)).ToList();
        var scaledCosines = Scale(cosines);
        var scaledLexical = Scale([.. candidates.Select(candidate => candidate.Lexical)]);
        var ranked = candidates.Select((candidate, i) => (candidate.Unit, Score: scaledCosines[i] + scaledLexical[i]))
            .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Unit.Draft).ThenBy(pair => pair.Unit.Start);
        var seen = new HashSet<string>();
        var best = ranked.Where(pair => seen.Add(string.Join(' ', pair.Unit.Terms))).Take(options.Value.EvidenceCount).ToList();
        return new FoundEvidence(best, cosines.Max());
    }

    private List<(EvidenceUnit Unit, double Lexical)> Choose(
        IReadOnlyList<string> terms, IReadOnlyDictionary<string, double> weights, IReadOnlyList<EvidenceUnit> units)
    {
        var real = units.Where(unit => !unit.IsLabel).ToList();
        if (real.Count == 0)
        {
            real = [.. units];
        }

        var averageLength = Math.Max(1, real.Select(unit => unit.Terms.Count).DefaultIfEmpty(1).Average());
        var scored = real.ConvertAll(unit => (Unit: unit, Lexical: Lexical(terms, weights, unit, averageLength)));
        var most = scored.Select(pair => pair.Lexical).DefaultIfEmpty(0).Max();
        return [.. scored
            .OrderByDescending(pair => pair.Lexical + (RankShare * Math.Max(most, 1e-9) / (1 + pair.Unit.Draft)))
            .Take(options.Value.EvidenceCandidates)];
    }

    /// <summary>BM25 over the unit, with a share for terms that stand only around it, and for rows one for kept phrases.</summary>
    private static double Lexical(IReadOnlyList<string> terms, IReadOnlyDictionary<string, double> weights, EvidenceUnit unit, double averageLength)
    {
        double score = 0;
        var saturation = K1 * (1 - B + (B * unit.Terms.Count / averageLength));
        foreach (var term in terms)
        {
            var weight = weights.GetValueOrDefault(term, 1);
            var count = unit.Terms.Count(own => own == term);
            score += count > 0 ? weight * count * (K1 + 1) / (count + saturation) : unit.Context.Contains(term) ? weight * ContextShare : 0;
        }

        // Rows only: in prose, kept phrases cost one answer in fifty (XQuAD), for its sentences say things in their own words.
        foreach (var (first, second) in unit.IsRow ? terms.Zip(terms.Skip(1)) : [])
        {
            if (unit.Terms.Zip(unit.Terms.Skip(1)).Contains((first, second)))
            {
                score += PairShare * (weights.GetValueOrDefault(first, 1) + weights.GetValueOrDefault(second, 1));
            }
        }

        return score;
    }

    private static List<double> Scale(List<double> values)
    {
        var (least, most) = (values.Min(), values.Max());
        return values.ConvertAll(value => most > least ? (value - least) / (most - least) : 0);
    }
}
