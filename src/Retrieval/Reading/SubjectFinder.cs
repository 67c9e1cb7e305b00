using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Reading;

/// <summary>
/// Collects what speaks of a subject while the passages go by: values of a shape, or sentences and rows that name it, or, in the passages
/// nearest in meaning, sentences that mean it.
/// </summary>
internal sealed class SubjectFinder(Topic subject, ValuePattern? values)
{
    /// <summary>Cosine from which a sentence means the subject without naming it; measured on the shipped embedder.</summary>
    private const double Means = 0.72;

    /// <summary>A passage farther than this holds no sentence that near, or so seldom that it is not worth embedding all of it.</summary>
    private const double NearPassage = 0.62;
    private const int MostEmbedded = 240;

    private readonly List<Match> found = [];
    private readonly PriorityQueue<Match, double> maybe = new();   // the farthest comes out first
    private int order;

    public void Add(ReadBatch batch)
    {
        foreach (var read in batch.Passages)
        {
            var (passage, cosine) = (read.Passage, subject.Cosine(read.Vector));
            foreach (var unit in EvidenceUnit.Split(0, batch.Text, passage.Start, passage.End, _ => passage.Caption, _ => passage.HeadingPath, passage.Title))
            {
                order++;
                if (values is not null)
                {
                    found.AddRange(values.In(unit.Text).Select(value => new Match(order, passage, unit, value)));
                }
                else if (!unit.IsLabel && subject.IsNamedIn(unit))
                {
                    found.Add(new Match(order, passage, unit, null));
                }
                else if (cosine >= NearPassage && !unit.IsLabel && (!unit.IsRow || unit.Text.Any(char.IsDigit)))   // else the head of a table
                {
                    Consider(new Match(order, passage, unit, null), cosine);
                }
            }
        }
    }

    /// <returns>In reading order; the same value, sentence or row once, at its first place.</returns>
    public async Task<IReadOnlyList<ReadingPoint>> CompleteAsync(KnowledgeScope scope, SentenceVectors sentences, CancellationToken cancel)
    {
        var near = maybe.UnorderedItems.Select(item => item.Element).ToList();
        if (near.Count > 0)
        {
            var vectors = await sentences.GetAsync(scope, near.ConvertAll(match => match.Unit.EmbeddedText), cancel);
            found.AddRange(near.Where((_, i) => subject.Cosine(vectors[i]) >= Means));
        }

        return [.. found.OrderBy(match => match.Order).GroupBy(match => match.Key).Select(same => same.First().ToPoint(same.Count()))];
    }

    private void Consider(Match match, double cosine)
    {
        if (maybe.Count < MostEmbedded)
        {
            maybe.Enqueue(match, cosine);
        }
        else
        {
            maybe.EnqueueDequeue(match, cosine);
        }
    }

    private sealed record Match(int Order, Passage Source, EvidenceUnit Unit, string? Value)
    {
        /// <summary>Equal for what says the same: rows under the same caption, sentences of the same words.</summary>
        public string Key => Value is { } value ? ValuePattern.Key(value) : $"{(Unit.IsRow ? Unit.Caption : null)}\n{string.Join(' ', Unit.Terms)}";

        public ReadingPoint ToPoint(int places) => new(Source, Unit.ToEvidence(0, 1), Section(Source.HeadingPath), Value, places);

        private static string? Section(string? path) => path?.Split(" › ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [.., var last] ? last : null;
    }
}
