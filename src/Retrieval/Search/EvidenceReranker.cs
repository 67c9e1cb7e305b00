using Microsoft.Extensions.Options;

namespace Rag.Retrieval.Search;

/// <summary>
/// Ranks the best candidates again by how likely the chat model finds the question after each. It reads them all for that, which takes
/// long on a small machine, so it is done only as far as a time budget allows: what it cost before tells what it will cost.
/// </summary>
internal sealed class EvidenceReranker(IEnumerable<IEvidenceRanker> rankers, TimeProvider clock, IOptions<RetrievalOptions> options)
{
    /// <summary>Of the likelihood, scaled over the candidates; measured in docs/decisions/0014.</summary>
    private const double Weight = 0.35;

    /// <summary>Fewer are not worth the trouble: the first three are shown anyway.</summary>
    private const int Fewest = 4;

    /// <summary>How many questions pass before a model that was too slow is tried again.</summary>
    private const int TryAgainAfter = 50;

    private readonly IEvidenceRanker? ranker = rankers.FirstOrDefault();
    private double? secondsPerCharacter;
    private int skipped;

    /// <param name="best">Best first.</param>
    /// <returns>The same, best first; unchanged where there is no model or no time.</returns>
    public async Task<IReadOnlyList<(EvidenceUnit Unit, double Score)>> RankAsync(
        string question, IReadOnlyList<(EvidenceUnit Unit, double Score)> best, CancellationToken cancel)
    {
        var texts = best.Take(options.Value.RerankCandidates).Select(candidate => candidate.Unit.EmbeddedText).ToList();
        var count = Affordable(question, texts);
        if (ranker is null || count < Fewest)
        {
            return best;
        }

        texts.RemoveRange(count, texts.Count - count);
        if (await ScoreAsync(question, texts, cancel) is not { } scores)
        {
            return best;
        }

        var (least, most) = (scores.Min(), scores.Max());
        return [.. best
            .Select((candidate, i) => i < count && most > least ? (candidate.Unit, candidate.Score + (Weight * (scores[i] - least) / (most - least))) : candidate)
            .OrderByDescending(candidate => candidate.Item2)];
    }

    private int Affordable(string question, List<string> texts)
    {
        if (secondsPerCharacter is not { } rate || Interlocked.Increment(ref skipped) % TryAgainAfter == 0)
        {
            return texts.Count;
        }

        var budget = options.Value.RerankBudget.TotalSeconds;
        var cost = 0.0;
        return texts.TakeWhile(text => (cost += rate * (text.Length + question.Length)) <= budget).Count();
    }

    private async Task<IReadOnlyList<double>?> ScoreAsync(string question, List<string> texts, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(options.Value.RerankBudget, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var started = clock.GetTimestamp();
        IReadOnlyList<double>? scores = null;
        try
        {
            scores = await ranker!.ScoreAsync(question, texts, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Too slow for now; the order without it stands.
        }

        var characters = texts.Sum(text => text.Length + question.Length);
        secondsPerCharacter = clock.GetElapsedTime(started).TotalSeconds * (late.IsCancellationRequested ? 2 : 1) / Math.Max(1, characters);
        return scores;
    }
}
