using System.Security.Cryptography;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Search;

namespace Rag.Web.Chat;

/// <summary>
/// Lets the model write under the quotes and streams its text. Whatever goes wrong with the model becomes one sentence in the answer; the
/// quotes stay.
/// </summary>
internal sealed class ModelWriter(
    IChatClient chat, AnswerModelSource models, PromptBuilder prompts, TurnRecorder recorder, AnswerRunner runner,
    IOptions<AnswerOptions> options, TimeProvider clock, ILogger<ModelWriter> log)
{
    private const float TemperatureForAnotherWording = 0.7f;

    /// <summary>How often the text so far is stored: what a crash can lose.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(2);

    /// <returns>The answer with the model's text, or with the reason why it is missing or ends early. Never throws for a stop.</returns>
    public async Task<StoredAnswer> WriteAsync(AnswerWork work, SearchResult found, StoredAnswer answer, AnswerStream stream, Action<StoredAnswer> keep)
    {
        var text = new ModelText();
        try
        {
            var model = models.Current;
            var delimiter = NewDelimiter();
            var prompt = prompts.Build(model, work.Grant.Assistant, work.Earlier, work.Question, found, delimiter, models.Tokens);
            answer = answer with
            {
                ModelId = model.Id,
                ModelName = model.DisplayName,
                Style = model.Style,
                PromptHash = prompt.Hash,
                Notes = [.. answer.Notes, .. prompt.Notes],
                Passages = [.. answer.Passages.Select((p, i) => p with { InPrompt = prompt.Passages.Contains(i) })],
            };
            keep(answer);
            await StreamAsync(work, prompt, delimiter, answer, text, stream);
        }
        catch (OperationCanceledException) when (stream.Stopped is not null)
        {
            // What was written so far is kept and checked.
        }
        catch (TimeoutException failure)
        {
            log.ModelFailed(failure, work.Turn, ModelFailure.Failed);
            answer = answer with { Problem = "The model did not go on and was stopped. The quotes above are from your question's search; try again for its wording." };
        }
        catch (ModelException failure)
        {
            log.ModelFailed(failure.InnerException, work.Turn, failure.Failure);
            answer = answer with { Problem = Sentence(failure) };
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            log.ModelFailed(failure, work.Turn, ModelFailure.Failed);
            answer = answer with { Problem = "The model failed while it wrote. The quotes above stand; try again for its wording." };
        }

        text.End(stream);
        answer = Complete(answer, text);
        return answer.ModelText is null && answer.Problem is null && stream.Stopped is null
            ? answer with { Problem = "The model wrote nothing. The quotes above are the answer." }
            : answer;
    }

    private async Task StreamAsync(AnswerWork work, Prompt prompt, string delimiter, StoredAnswer answer, ModelText text, AnswerStream stream)
    {
        var request = new ChatOptions
        {
            ConversationId = work.Conversation.ToString(),
            MaxOutputTokens = prompt.MaxOutputTokens,
            StopSequences = [delimiter],   // a model that writes it has begun to repeat its prompt
            Temperature = work.Again ? TemperatureForAnotherWording : null,
            AdditionalProperties = new AdditionalPropertiesDictionary { ["prefixScope"] = work.Grant.Assistant.Id.ToString() },
        };
        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, stream.Cancellation);
        silence.CancelAfter(TimeSpan.FromSeconds(options.Value.SilenceSeconds));
        var asked = clock.GetTimestamp();
        var (queued, saved) = (TimeSpan.Zero, asked);
        var updates = chat.GetStreamingResponseAsync(prompt.Messages, request, both.Token).GetAsyncEnumerator(both.Token);
        var next = Task.FromResult(false);
        try
        {
            // WaitAsync: a model that hangs in native code and ignores its token must not hold the answer.
            while (await (next = updates.MoveNextAsync().AsTask()).WaitAsync(both.Token))
            {
                var update = updates.Current;
                var ahead = QueuePlace(update);
                if (ahead is { } place)
                {
                    stream.Publish(new AnswerPart.InQueue(place, place == 0 ? null : runner.EstimateWait(place)));
                    queued = clock.GetElapsedTime(asked);
                }

                silence.CancelAfter(TimeSpan.FromSeconds(ahead > 0 ? options.Value.QueueSeconds : options.Value.SilenceSeconds));
                if (update.Text.Length > 0 && text.Add(update.Text, stream) && text.FirstToken is null)
                {
                    text.FirstToken = clock.GetElapsedTime(work.AskedAt);
                }

                if (clock.GetElapsedTime(saved) >= SaveEvery)
                {
                    saved = clock.GetTimestamp();
                    await recorder.SaveAsync(work.Turn, Complete(answer, text), stream.Cancellation);
                }
            }

            runner.Observe(clock.GetElapsedTime(asked) - queued);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && stream.Stopped is null)
        {
            throw new TimeoutException("The model was silent for too long.");
        }
        finally
        {
            text.Queue = queued;
            if (next.IsCompleted)
            {
                await updates.DisposeAsync();
            }
            else
            {
                // It cannot be disposed while it moves; when it ends at last, nobody is interested in how.
                _ = next.ContinueWith(static (ended, state) => (_ = ended.Exception, ((IAsyncDisposable)state!).DisposeAsync().AsTask()), updates, TaskScheduler.Default);
            }
        }
    }

    private static StoredAnswer Complete(StoredAnswer answer, ModelText text) => answer with
    {
        ModelText = text.Length == 0 ? null : text.ToString(),
        Timings = answer.Timings with { Queue = text.Queue?.TotalMilliseconds, FirstToken = text.FirstToken?.TotalMilliseconds },
    };

    private static int? QueuePlace(ChatResponseUpdate update) =>
        update.AdditionalProperties is { } properties && properties.TryGetValue<int>("queuePosition", out var place) ? place : null;

    private static string Sentence(ModelException failure) => failure.Failure switch
    {
        ModelFailure.Busy => "Too many answers are being written right now. The quotes above are from your files; try again in a moment for the model's wording.",
        ModelFailure.PromptTooLong => failure.Message,
        ModelFailure.Unavailable => $"The model is not available: {failure.Message} The quotes above are from your files.",
        _ => "The model failed while it wrote. The quotes above stand; try again for its wording.",
    };

    /// <summary>Sixteen letters: as random as a file's author cannot guess, and few tokens where digits stand alone.</summary>
    private static string NewDelimiter() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 16);
}
