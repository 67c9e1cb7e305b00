using System.Numerics.Tensors;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Reading;

/// <summary>
/// One file of a summary. First its passages and sentences are gathered; when the file ends, some candidates are kept and the rest let go;
/// then the candidates are embedded and chosen, the most central first, each next one by what it adds.
/// </summary>
internal sealed class FileDigest(ReadingFile file, Topic? topic)
{
    private const int MostCandidates = 64;
    private const int AllCandidates = 320;   // of all files together: what is embedded, and how long a summary takes
    private const int FewestCandidates = 3;

    /// <summary>Cosine from which a passage speaks of a topic without naming it; measured on the shipped embedder.</summary>
    private const double NearTopic = 0.70;

    private const double LexicalShare = 0.35;   // all shares: of the scaled cosine to the middle of the file
    private const double LeadShare = 0.25;
    private const double SectionLeadShare = 0.15;
    private const double DependencePrice = 0.5;
    private const double AboutTheTextPrice = 0.6;
    private const double CueShare = 0.12;
    private const double SameSectionPrice = 0.12;   // for each point that the section has already
    private const double RepetitionPrice = 1.5;
    private const double Alike = 0.70;   // cosine of two sentences from which they repeat each other
    private const int MostUnits = 4_096;   // sentences held of one file
    private const int Repeated = 3;      // the same line on so many passages is a header or a footer

    private readonly List<string?> headings = [];   // of each passage
    private readonly Dictionary<int, int> lines = [];   // how often a sentence occurs, by its hash
    private List<(int Index, ReadPassage Source, EvidenceUnit Unit)> units = [];
    private float[] sum = [];   // of what the summary is about: all passages, or those near the topic
    private float[] middle = [];

    public ReadingFile File { get; } = file;

    /// <summary>Sentences that may be chosen; set by <see cref="Complete"/>.</summary>
    public IReadOnlyList<Candidate> Candidates { get; private set; } = [];

    public static int CandidatesOf(int files) => Math.Clamp(AllCandidates / Math.Max(1, files), FewestCandidates, MostCandidates);

    public void Add(ReadBatch batch)
    {
        foreach (var read in batch.Passages)
        {
            var (passage, index) = (read.Passage, headings.Count);
            headings.Add(passage.HeadingPath);
            var near = topic is null || topic.Cosine(read.Vector) >= NearTopic;
            var kept = units.Count;
            foreach (var unit in EvidenceUnit.Split(index, batch.Text, passage.Start, passage.End, _ => passage.Caption, _ => passage.HeadingPath, passage.Title))
            {
                if (SentenceWorth.IsStatement(unit, passage.HeadingPath) && (near || topic!.IsNamedIn(unit)))
                {
                    units.Add((index, read, unit));
                    var line = unit.Text.GetHashCode(StringComparison.Ordinal);
                    lines[line] = lines.GetValueOrDefault(line) + 1;
                }
            }

            if (topic is null || units.Count > kept)
            {
                sum = sum.Length == 0 ? new float[read.Vector.Length] : sum;
                TensorPrimitives.Add(sum, read.Vector.Span, sum);
            }
        }

        if (units.Count > MostUnits)
        {
            // A book of thousands of pages: what is far from the middle so far would not be chosen in the end.
            middle = Normalised(sum);
            units = [.. units.OrderByDescending(u => Bonus(u.Index, u.Unit) + TensorPrimitives.Dot(middle, u.Source.Vector.Span)).Take(MostUnits / 2)
                .OrderBy(u => u.Unit.Start)];
        }
    }

    /// <summary>All passages are there: keeps the best candidates of each section and lets go of the rest.</summary>
    public void Complete(int most)
    {
        var sections = headings.Count == 0 ? [] : Sections.Of(headings);
        middle = Normalised(sum);
        var seen = new HashSet<string>();
        var kept = units.Where(u => lines[u.Unit.Text.GetHashCode(StringComparison.Ordinal)] < Repeated && seen.Add(string.Join(' ', u.Unit.Terms))).ToList();
        var spread = kept.SelectMany(u => u.Unit.Terms.Distinct()).CountBy(term => term).ToDictionary();
        var firstOf = kept.GroupBy(u => sections[u.Index]).Select(g => g.First().Unit).ToHashSet();
        var scored = kept.ConvertAll(u => new Candidate(
            u.Source, sections[u.Index], u.Unit, Lexical(u.Unit, spread), Bonus(u.Index, u.Unit) + (firstOf.Contains(u.Unit) ? SectionLeadShare : 0),
            TensorPrimitives.Dot(middle, u.Source.Vector.Span)));
        var top = Math.Max(1e-9, scored.Select(c => c.Lexical).DefaultIfEmpty(0).Max());

        // In turn from each section, so that a long one does not crowd out the others before anything is compared.
        Candidates = [.. scored.GroupBy(c => c.Section)
            .SelectMany(g => g.OrderByDescending(c => c.PassageCosine + (LexicalShare * c.Lexical / top) + c.Bonus).Select((c, rank) => (c, rank)))
            .OrderBy(x => x.rank).ThenByDescending(x => x.c.PassageCosine).Take(most).Select(x => x.c).OrderBy(c => c.Unit.Start)];
        units = [];
        headings.Clear();
        lines.Clear();
    }

    /// <returns>Up to <paramref name="count"/> points in reading order.</returns>
    public async Task<IReadOnlyList<ReadingPoint>> ChooseAsync(KnowledgeScope scope, SentenceVectors sentences, int count, CancellationToken cancel)
    {
        if (count == 0 || Candidates.Count == 0)
        {
            return [];
        }

        var vectors = await sentences.GetAsync(scope, [.. Candidates.Select(c => c.Unit.EmbeddedText)], cancel);
        var central = Scale([.. vectors.Select(v => (double)TensorPrimitives.Dot(v.Span, middle))]);
        var lexical = Scale([.. Candidates.Select(c => c.Lexical)]);
        var left = Enumerable.Range(0, Candidates.Count).ToHashSet();
        var chosen = new List<int>();
        while (chosen.Count < count && left.Count > 0)
        {
            var best = left.MaxBy(i => central[i] + (LexicalShare * lexical[i]) + Candidates[i].Bonus - Price(i, chosen, vectors));
            left.Remove(best);
            chosen.Add(best);
        }

        return [.. chosen.Order().Select(i => new ReadingPoint(
            Candidates[i].Source.Passage, Candidates[i].Unit.ToEvidence(0, central[i]), Candidates[i].Section, null, 1))];
    }

    private double Price(int candidate, List<int> chosen, IReadOnlyList<ReadOnlyMemory<float>> vectors) => chosen.Count == 0 ? 0 :
        (RepetitionPrice * Math.Max(0, chosen.Max(other => (double)TensorPrimitives.Dot(vectors[candidate].Span, vectors[other].Span)) - Alike) / (1 - Alike))
        + (SameSectionPrice * chosen.Count(other => Candidates[other].Section == Candidates[candidate].Section));

    /// <summary>How much of what recurs in the file a sentence holds, against its length.</summary>
    private static double Lexical(EvidenceUnit unit, Dictionary<string, int> spread) =>
        unit.Terms.Distinct().Sum(term => Math.Log(spread[term])) / Math.Sqrt(Math.Max(8, unit.Terms.Count));

    private static double Bonus(int passage, EvidenceUnit unit) => (LeadShare / (1 + (passage / 2.0))) - (DependencePrice * SentenceWorth.Dependence(unit.Text))
        - (SentenceWorth.IsAboutTheText(unit.Text) ? AboutTheTextPrice : 0) + (SentenceWorth.HasCue(unit.Text) ? CueShare : 0);

    private static float[] Normalised(float[] vector)
    {
        var unit = new float[vector.Length];
        var norm = TensorPrimitives.Norm(vector);
        TensorPrimitives.Divide(vector, norm > 0 ? norm : 1, unit);
        return unit;
    }

    private static List<double> Scale(List<double> values)
    {
        var (least, most) = (values.Min(), values.Max());
        return values.ConvertAll(value => most > least ? (value - least) / (most - least) : 0);
    }

    /// <param name="Lexical">Not scaled.</param>
    /// <param name="Bonus">For its place, less for leaning on other sentences.</param>
    internal sealed record Candidate(ReadPassage Source, string? Section, EvidenceUnit Unit, double Lexical, double Bonus, double PassageCosine);
}
