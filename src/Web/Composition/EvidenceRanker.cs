using Rag.Inference;
using Rag.Inference.Scoring;
using Rag.Retrieval.Search;

namespace Rag.Web.Composition;

/// <summary>The chat model's likelihoods as Retrieval's small interface. Evidence is there without it, so a model that cannot score is no fault of the search.</summary>
/// <param name="find">Looked up at each call: null where another kind of chat model is configured.</param>
internal sealed class EvidenceRanker(Func<IContinuationScorer?> find, ILogger<EvidenceRanker> logger) : IEvidenceRanker
{
    public async Task<IReadOnlyList<double>?> ScoreAsync(string question, IReadOnlyList<string> sentences, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(question) || find() is not { } scorer)
        {
            return null;
        }

        try
        {
            var scores = await scorer.ScoreAsync("", [.. sentences.Select(sentence => $"{sentence}\nQuestion:")], $" {question.Trim()}", cancel);
            return [.. scores.Select(score => score.Mean)];
        }
        catch (InferenceException failure)
        {
            logger.EvidenceNotRanked(failure.Reason.ToString());
            return null;
        }
    }
}
