using Microsoft.Extensions.AI;
using Rag.Inference.Models;

namespace Rag.Inference.Runtime;

/// <summary>What a self-test saw of one model.</summary>
/// <param name="Provider">Where it ran; null where a server elsewhere did, or nothing ran.</param>
/// <param name="TokensPerSecond">Of the chat model: written, the prompt not counted. Of the embedding model: read. Null where it could not be told.</param>
/// <param name="Deterministic">The same request gave the same result each time; null where nothing ran.</param>
/// <param name="Problem">A sentence; null: it works.</param>
public sealed record SelfTestResult(ModelKind Kind, string Model, ExecutionProvider? Provider, double? TokensPerSecond, bool? Deterministic, string? Problem);

/// <summary>
/// Lets both models do a fixed piece of work twice or more, in about ten seconds beside the usual work: a fixed prompt without drawing, and fixed texts of mixed lengths.
/// Waits its turn like any other request.
/// </summary>
public sealed class ModelSelfTest
{
    private const string Prompt = "Write one paragraph about the sea: its colour, its depth and its tides.";
    private const int OutputTokens = 48;
    private const int MostRuns = 20;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(4);      // then it is cut, twice
    private static readonly TimeSpan EmbeddingTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);        // for each model, with loading and waiting

    private static readonly string[] Texts = [.. new[] { 1, 3, 8, 2, 16, 5, 12, 1 }.Select(
        (times, index) => string.Concat(Enumerable.Repeat($"In its year {1900 + index} the station measured the depth of the bay. ", times)))];

    private readonly Func<IChatClient> chat;
    private readonly Func<IEmbeddingGenerator<string, Embedding<float>>> embeddings;
    private readonly InferenceStatus status;
    private readonly TimeProvider clock;

    internal ModelSelfTest(Func<IChatClient> chat, Func<IEmbeddingGenerator<string, Embedding<float>>> embeddings, InferenceStatus status, TimeProvider clock) =>
        (this.chat, this.embeddings, this.status, this.clock) = (chat, embeddings, status, clock);

    /// <summary>The chat model, then the embedding model. A model that fails is a result, not an exception.</summary>
    public async Task<IReadOnlyList<SelfTestResult>> RunAsync(CancellationToken cancellationToken) =>
    [
        await TryAsync(ModelKind.Chat, AnswerAsync, cancellationToken).ConfigureAwait(false),
        await TryAsync(ModelKind.Embedding, EmbedAsync, cancellationToken).ConfigureAwait(false),
    ];

    private async Task<SelfTestResult> TryAsync(ModelKind kind, Func<CancellationToken, Task<Seen>> work, CancellationToken cancel)
    {
        Seen seen;
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            seen = await work(either.Token).ConfigureAwait(false);
        }
        catch (InferenceException failure)
        {
            seen = new(null, null, failure.Message);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            seen = new(null, null, $"It was not done within {Patience.TotalSeconds:0} seconds.");
        }

        var model = status.Models.First(m => m.Kind == kind);
        return new(kind, model.Id, seen.Problem is null ? model.Provider : null, seen.Speed, seen.Same, seen.Problem);
    }

    private async Task<Seen> AnswerAsync(CancellationToken cancel)
    {
        var first = await WriteAsync(cancel).ConfigureAwait(false);
        var second = await WriteAsync(cancel).ConfigureAwait(false);
        var (shorter, longer) = first.Text.Length <= second.Text.Length ? (first, second) : (second, first);
        // Time may have cut either of them somewhere.
        var same = shorter.IsCut || longer.IsCut ? longer.Text.StartsWith(shorter.Text, StringComparison.Ordinal) : first.Text == second.Text;
        return first.Text.Length == 0 ? new(null, same, "It wrote nothing.") : new(new[] { first.Speed, second.Speed }.Max(), same, null);
    }

    private async Task<Written> WriteAsync(CancellationToken cancel)
    {
        // A conversation of its own, so that nothing is reused from the run before.
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = OutputTokens, ConversationId = $"self-test-{Guid.NewGuid():N}", AdditionalProperties = new() { [InferenceProperties.Share] = "self-test" } };
        var pieces = new List<string>();
        var (first, last, tokens, cut) = (0L, 0L, (long?)null, false);
        await foreach (var update in chat().GetStreamingResponseAsync([new(ChatRole.User, Prompt)], options, cancel).ConfigureAwait(false))
        {
            tokens ??= update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details.OutputTokenCount;
            if (update.Text.Length == 0)
            {
                continue;
            }

            last = clock.GetTimestamp();
            first = pieces.Count == 0 ? last : first;
            pieces.Add(update.Text);
            if (clock.GetElapsedTime(first, last) > AnswerTime)
            {
                cut = true;
                break;
            }
        }

        // A piece is a token, or now and then a few; the last ones may have given no text.
        var (count, seconds) = ((tokens ?? pieces.Count) - 1, clock.GetElapsedTime(first, last).TotalSeconds);
        return new(string.Concat(pieces), cut, count > 0 && seconds > 0 ? count / seconds : null);
    }

    private async Task<Seen> EmbedAsync(CancellationToken cancel)
    {
        var options = new EmbeddingGenerationOptions { AdditionalProperties = new() { [InferenceProperties.Priority] = InferenceProperties.Interactive } };
        var first = await embeddings().GenerateAsync(Texts, options, cancel).ConfigureAwait(false);   // loads the model, and is not timed
        if (first.Any(vector => vector.Vector.ToArray().Any(number => !float.IsFinite(number))))
        {
            return new(null, null, "Its vectors hold what is no number: it computes wrongly here.");
        }

        var (same, tokens, start, runs) = (true, 0L, clock.GetTimestamp(), 0);
        do
        {
            var again = await embeddings().GenerateAsync(Texts, options, cancel).ConfigureAwait(false);
            same &= first.Zip(again).All(pair => pair.First.Vector.Span.SequenceEqual(pair.Second.Vector.Span));
            tokens += again.Usage?.InputTokenCount ?? 0;
        }
        while (++runs < MostRuns && clock.GetElapsedTime(start) < EmbeddingTime);

        var seconds = clock.GetElapsedTime(start).TotalSeconds;
        return new(tokens > 0 && seconds > 0 ? tokens / seconds : null, same, null);
    }

    private sealed record Seen(double? Speed, bool? Same, string? Problem);

    private sealed record Written(string Text, bool IsCut, double? Speed);
}
