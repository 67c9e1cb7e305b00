using System.Collections.Frozen;
using System.Numerics.Tensors;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>
/// Finds for each sentence of an answer the sentence or row of a passage that supports it. Words decide, meaning helps where the words
/// differ, and nothing outweighs a figure or a name that does not stand there, or a "not" on one side only.
/// </summary>
internal sealed class AnswerAligner(SentenceVectors vectors)
{
    /// <summary>Share of the sentence's words from which no more proof is needed.</summary>
    private const double EnoughWords = 0.75;

    /// <summary>Below this share even an equal meaning is a guess.</summary>
    private const double FewestWords = 0.4;
    private const double EqualMeaning = 0.8;
    private const int CandidatesPerSentence = 3;

    private static readonly FrozenSet<string> Negations =
        "not no never none neither nor cannot without dont doesnt didnt isnt arent wasnt werent cant wont hasnt havent hadnt".Split(' ').ToFrozenSet();

    /// <summary>Begin sentences without being names.</summary>
    private static readonly FrozenSet<string> Openers = (
        "according additionally also although based besides finally first further furthermore hence however lastly moreover namely next note " +
        "notably overall second similarly since specifically therefore third thus under yes within").Split(' ').ToFrozenSet();

    /// <summary>Capitalised by convention ("the Company"), but name nobody: a table row need not repeat them.</summary>
    private static readonly FrozenSet<string> Roles = "company corporation firm group registrant".Split(' ').ToFrozenSet();

    public async Task<IReadOnlyList<Evidence?>> AlignAsync(
        KnowledgeScope scope, IReadOnlyList<string> sentences, IReadOnlyList<Passage> passages, Func<Passage, DocumentText> textOf, CancellationToken cancel)
    {
        var units = passages.SelectMany((passage, i) => EvidenceUnit.Split(
            i, textOf(passage), passage.Start, passage.End, _ => passage.Caption, _ => passage.HeadingPath, $"{passage.Title}\n{passage.FileName}")).ToList();
        var passageTerms = passages.Select((passage, i) => units.Where(unit => unit.Draft == i).SelectMany(unit => unit.Terms.Concat(unit.Context)).ToHashSet()).ToList();
        var claims = sentences.Select(sentence => new Claim(sentence)).ToList();
        var candidates = claims.ConvertAll(claim => Candidates(claim, units, passageTerms));
        await EmbedDoubtfulAsync(scope, claims, candidates, cancel);
        return candidates.ConvertAll(found => found.Where(c => c.Share >= EnoughWords || c.Cosine >= EqualMeaning)
            .OrderByDescending(c => c.Share + c.Cosine).FirstOrDefault() is { } best ? best.Unit.ToEvidence(best.Unit.Draft, best.Share) : null);
    }

    private static List<Candidate> Candidates(Claim claim, List<EvidenceUnit> units, List<HashSet<string>> passageTerms)
    {
        if (claim.Terms.Count == 0)
        {
            return [];
        }

        return [.. units.Where(unit => !unit.IsLabel)
            .Select(unit => new Candidate(unit, Share(claim, unit)))
            .Where(c => c.Share >= FewestWords && claim.MaySupport(c.Unit, passageTerms[c.Unit.Draft]))
            .OrderByDescending(c => c.Share).ThenBy(c => c.Unit.Draft).Take(CandidatesPerSentence)];
    }

    private static double Share(Claim claim, EvidenceUnit unit) =>
        claim.Terms.Count(term => unit.Terms.Contains(term) || unit.Context.Contains(term)) / (double)claim.Terms.Count;

    private async Task EmbedDoubtfulAsync(KnowledgeScope scope, List<Claim> claims, List<List<Candidate>> candidates, CancellationToken cancel)
    {
        var doubtful = Enumerable.Range(0, claims.Count)
            .Where(i => candidates[i].Count > 0 && candidates[i].TrueForAll(c => c.Share < EnoughWords)).ToList();
        if (doubtful.Count == 0)
        {
            return;
        }

        var texts = doubtful.SelectMany(i => candidates[i].Select(c => c.Unit.EmbeddedText).Prepend(claims[i].Text)).ToList();
        var embedded = await vectors.GetAsync(scope, texts, cancel);
        var next = 0;
        foreach (var i in doubtful)
        {
            var claim = embedded[next++];
            foreach (var candidate in candidates[i])
            {
                candidate.Cosine = TensorPrimitives.Dot(claim.Span, embedded[next++].Span);
            }
        }
    }

    private sealed class Candidate(EvidenceUnit unit, double share)
    {
        public EvidenceUnit Unit { get; } = unit;
        public double Share { get; } = share;
        public double Cosine { get; set; }
    }

    /// <summary>A sentence of an answer and what it must find.</summary>
    private sealed class Claim
    {
        private readonly List<string> figures;
        private readonly List<string> names;
        private readonly bool negated;

        public Claim(string sentence)
        {
            Text = Blanks.Fold(sentence);
            Terms = [.. Rag.Retrieval.Text.Terms.Of(Text).Distinct().Where(term => !AskingWords.Contains(term))];
            figures = [.. Terms.Where(term => char.IsAsciiDigit(term[0]))];
            negated = IsNegated(Text);
            var words = Rag.Retrieval.Text.Terms.WordsOf(Text).ToList();
            // The first word is capitalised anyway; unless it is a common opening, it has to be found like a name.
            var first = words.Take(1).Where(word => !Openers.Contains(word));
            names = [.. Names.In(Text).Concat(first).Where(word => !Roles.Contains(word.ToLowerInvariant())).SelectMany(Rag.Retrieval.Text.Terms.Of).Distinct()];
        }

        public string Text { get; }

        public IReadOnlyList<string> Terms { get; }

        public bool MaySupport(EvidenceUnit unit, HashSet<string> passage) =>
            figures.TrueForAll(figure => unit.Terms.Contains(figure) || unit.Context.Contains(figure))
            && names.TrueForAll(passage.Contains)
            && negated == IsNegated(unit.Text);

        private static bool IsNegated(string text) => Rag.Retrieval.Text.Terms.WordsOf(text).Any(Negations.Contains);
    }
}
