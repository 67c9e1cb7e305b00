using System.Numerics.Tensors;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Search;

/// <param name="Best">Twice as many as are shown: some may stand where the token budget cuts a passage.</param>
/// <param name="BestCosine">Of any candidate; part of the relevance.</param>
internal sealed record FoundEvidence(IReadOnlyList<(EvidenceUnit Unit, double Score)> Best, double BestCosine);

/// <summary>
/// Finds the sentences and rows that decide a question. Words and the passage's rank choose some candidates; these are embedded, and
/// cosine and lexical score, both min-max scaled over the candidates, are added; the passage's rank and the kind of answer asked for
/// settle what is close. Weights: docs/decisions/0014.
/// </summary>
internal sealed class EvidenceFinder(SentenceVectors sentences, EvidenceReranker reranker, IOptions<RetrievalOptions> options)
{
    private const double K1 = 1.2;
    private const double B = 0.4;             // sentences vary less in length than documents do
    private const double ContextShare = 0.6;  // a term in title, heading or caption, against one in the unit itself
    private const double PairShare = 0.5;     // for two terms that stand side by side in the question and in a row: "total net sales"
    private const double RankShare = 0.5;     // of the best lexical score, for units of the first passage
    private const double BeforeShare = 0.5;   // a term in the sentence before: "This is called …" leans on it
    private const double AfterShare = 0.1;    // a term in the sentence after
    private const double KindWeight = 0.3;    // a figure where "how many" asks for one
    private const double PassageWeight = 0.2; // the first passage against the last

    public async Task<FoundEvidence> FindAsync(
        KnowledgeScope scope, string question, ReadOnlyMemory<float> vector, IReadOnlyList<string> terms, IReadOnlyDictionary<string, double> weights,
        IReadOnlyList<EvidenceUnit> units, CancellationToken cancel)
    {
        var candidates = Choose(terms, weights, units);
        if (candidates.Count == 0)
        {
            return new FoundEvidence([], 0);
        }

        var vectors = await sentences.GetAsync(scope, candidates.ConvertAll(candidate => candidate.Unit.EmbeddedText), cancel);
        var cosines = vectors.Select(sentence => (double)TensorPrimitives.Dot(sentence.Span, vector.Span)).ToList();
        var scaledCosines = Scale(cosines);
        var scaledLexical = Scale([.. candidates.Select(candidate => candidate.Lexical)]);
        var kind = AnswerKind.Of(question);
        var last = Math.Max(1, candidates.Max(candidate => candidate.Unit.Draft));
        var ranked = candidates
            .Select((candidate, i) => (candidate.Unit, Score: scaledCosines[i] + scaledLexical[i]
                + (kind.IsIn(candidate.Unit.Text) ? KindWeight : 0) + (PassageWeight * (last - candidate.Unit.Draft) / last)))
            .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Unit.Draft).ThenBy(pair => pair.Unit.Start);
        var seen = new HashSet<string>();
        var distinct = await reranker.RankAsync(question, [.. ranked.Where(pair => seen.Add(string.Join(' ', pair.Unit.Terms)))], cancel);
        return new FoundEvidence([.. distinct.Take(2 * options.Value.EvidenceCount)], cosines.Max());
    }

    private List<(EvidenceUnit Unit, double Lexical)> Choose(
        IReadOnlyList<string> terms, IReadOnlyDictionary<string, double> weights, IReadOnlyList<EvidenceUnit> units)
    {
        var real = Enumerable.Range(0, units.Count).Where(i => !units[i].IsLabel).ToList();
        if (real.Count == 0)
        {
            real = [.. Enumerable.Range(0, units.Count)];
        }

        var averageLength = Math.Max(1, real.Select(i => units[i].Terms.Count).DefaultIfEmpty(1).Average());
        var scored = real.ConvertAll(i => (Unit: units[i], Lexical: Lexical(terms, weights, units[i], Beside(units, i, -1), Beside(units, i, 1), averageLength)));
        var most = scored.Select(pair => pair.Lexical).DefaultIfEmpty(0).Max();
        return [.. scored
            .OrderByDescending(pair => pair.Lexical + (RankShare * Math.Max(most, 1e-9) / (1 + pair.Unit.Draft)))
            .Take(options.Value.EvidenceCandidates)];
    }

    /// <summary>The sentence before or after one of the same passage; null for rows, which stand alone.</summary>
    private static EvidenceUnit? Beside(IReadOnlyList<EvidenceUnit> units, int i, int step) =>
        i + step >= 0 && i + step < units.Count && units[i + step].Draft == units[i].Draft && !units[i].IsRow && !units[i + step].IsRow ? units[i + step] : null;

    /// <summary>
    /// BM25 over the unit, with a share for terms that stand only around it (headings, the sentences beside it), and for rows one for kept phrases.
    /// </summary>
    private static double Lexical(
        IReadOnlyList<string> terms, IReadOnlyDictionary<string, double> weights, EvidenceUnit unit, EvidenceUnit? before, EvidenceUnit? after, double averageLength)
    {
        double score = 0;
        var saturation = K1 * (1 - B + (B * unit.Terms.Count / averageLength));
        foreach (var term in terms)
        {
            var weight = weights.GetValueOrDefault(term, 1);
            var count = unit.Terms.Count(own => own == term);
            score += weight * (count > 0 ? count * (K1 + 1) / (count + saturation)
                : unit.Context.Contains(term) ? ContextShare
                : (before?.Terms.Contains(term) == true ? BeforeShare : 0) + (after?.Terms.Contains(term) == true ? AfterShare : 0));
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
