using Microsoft.Extensions.Logging;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Scoring;

/// <summary>Texts to tokens, one scoring at a time, on a thread of its own.</summary>
/// <param name="queue">Of the scorings alone.</param>
internal sealed class ContinuationScorer(
    ConfiguredModel configured, ModelHost<ChatModel> host, LazyTokenizer<IChatTokenizer> tokenizer, GenerationQueue queue,
    TimeProvider clock, ILogger<ContinuationScorer> logger) : IContinuationScorer
{
    public async Task<IReadOnlyList<ContinuationScore>> ScoreAsync(
        string sharedPrefix, IReadOnlyList<string> candidates, string continuation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sharedPrefix);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(continuation);
        var cancel = cancellationToken;
        if (candidates.Count == 0)
        {
            return [];
        }

        var (contexts, target) = await Task.Run(() => Prepare(sharedPrefix, candidates, continuation), cancel).ConfigureAwait(false);
        var start = clock.GetTimestamp();
        using var place = queue.Enter();
        await foreach (var _ in place.AheadAsync(cancel).ConfigureAwait(false))
        {
        }

        using var rental = await host.RentAsync(cancel).ConfigureAwait(false);
        var waited = clock.GetElapsedTime(start);
        // The place is left only when the model has stopped, so a cancelled scoring never runs beside the next one.
        var scores = await Task.Factory.StartNew(
            () => rental.Model.Score(contexts, target, cancel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        logger.Scored(candidates.Count, target.Length, waited.TotalMilliseconds, (clock.GetElapsedTime(start) - waited).TotalMilliseconds);
        return scores;
    }

    private (List<int[]> Contexts, int[] Continuation) Prepare(string sharedPrefix, IReadOnlyList<string> candidates, string continuation)
    {
        var manifest = configured.Folder.Manifest;
        var prefix = tokenizer.Value.Encode(sharedPrefix);
        var target = tokenizer.Value.Encode(continuation, TextPlace.Continued).ToArray();
        var place = prefix.Count > 0 ? TextPlace.Continued : TextPlace.Start;
        var contexts = candidates.Select(candidate => (int[])[.. prefix, .. tokenizer.Value.Encode(candidate, place)]).ToList();
        if (target.Length == 0)
        {
            throw new InferenceException(InferenceFailure.InvalidOption, "There is no text to score.");
        }

        if (contexts.Exists(context => context.Length == 0))
        {
            throw new InferenceException(InferenceFailure.InvalidOption, "A candidate is empty, and so is the text before it.");
        }

        var longest = contexts.Max(context => context.Length) + target.Length;
        return longest <= manifest.ContextLength
            ? (contexts, target)
            : throw new InferenceException(
                InferenceFailure.PromptTooLong, $"A candidate and the text to score have {longest} tokens; {manifest.Id} reads {manifest.ContextLength}.");
    }
}
