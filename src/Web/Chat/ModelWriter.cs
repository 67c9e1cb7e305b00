using System.Security.Cryptography;
using Microsoft.Extensions.AI;
using Rag.Retrieval.Search;

namespace Rag.Web.Chat;

/// <summary>
/// Lets the model write under the quotes and streams its text. Whatever goes wrong with the model becomes one sentence in the answer; the
/// quotes stay.
/// </summary>
internal sealed class ModelWriter(
    ModelCall call, CitationAligner aligner, AnswerModelSource models, PromptBuilder prompts, TurnRecorder recorder, TimeProvider clock, ILogger<ModelWriter> log)
{
    private const float TemperatureForAnotherWording = 0.7f;

    /// <summary>How often the text so far is stored: what a crash can lose.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(2);

    /// <returns>The answer with the model's text, or with the reason why it is missing or ends early. Never throws for a stop.</returns>
    public async Task<StoredAnswer> WriteAsync(AnswerWork work, SearchResult found, StoredAnswer answer, AnswerStream stream, Action<StoredAnswer> keep)
    {
        var text = new ModelText(stream.IsHeld);
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
            await StreamAsync(work, found, prompt, delimiter, answer, text, stream);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // After a stop, what was written so far is kept and checked.
            var problem = ModelCall.Sentence(failure, stream);
            if (problem is not null)
            {
                log.ModelFailed(failure is ModelException ? failure.InnerException : failure, work.Turn, (failure as ModelException)?.Failure ?? ModelFailure.Failed);
            }

            answer = answer with { Problem = problem };
        }

        text.End(stream);
        answer = Complete(answer, text);
        return answer.ModelText is null && answer.Problem is null && stream.Stopped is null
            ? answer with { Problem = "The model wrote nothing. The quotes above are the answer." }
            : answer;
    }

    private async Task StreamAsync(AnswerWork work, SearchResult found, Prompt prompt, string delimiter, StoredAnswer answer, ModelText text, AnswerStream stream)
    {
        var request = new ChatOptions
        {
            ConversationId = work.Conversation.ToString(),
            MaxOutputTokens = prompt.MaxOutputTokens,
            StopSequences = [delimiter],   // a model that writes it has begun to repeat its prompt
            Temperature = work.Again ? TemperatureForAnotherWording : null,
            AdditionalProperties = new AdditionalPropertiesDictionary { ["prefixScope"] = work.Grant.Assistant.Id.ToString(), ["share"] = work.Grant.Share },
        };
        var supported = stream.IsHeld ? new SupportedText(aligner, work.Grant.Scope, found, stream) : null;
        var saved = clock.GetTimestamp();
        text.Queue = TimeSpan.Zero;
        await call.StreamAsync(prompt.Messages, request, stream, TakeAsync, queued => text.Queue = queued);

        async Task TakeAsync(string piece)
        {
            if (piece.Length > 0 && text.Add(piece, stream) && text.FirstToken is null)
            {
                text.FirstToken = clock.GetElapsedTime(work.AskedAt);
            }

            if (supported is not null)
            {
                await supported.OfferAsync(text.ToString());
            }

            if (clock.GetElapsedTime(saved) >= SaveEvery)
            {
                saved = clock.GetTimestamp();
                await recorder.SaveAsync(work.Turn, Complete(answer, text), stream.Cancellation);
            }
        }
    }

    private static StoredAnswer Complete(StoredAnswer answer, ModelText text) => answer with
    {
        ModelText = text.Length == 0 ? null : text.ToString(),
        Timings = answer.Timings with { Queue = text.Queue?.TotalMilliseconds, FirstToken = text.FirstToken?.TotalMilliseconds },
    };

    /// <summary>Sixteen letters: as random as a file's author cannot guess, and few tokens where digits stand alone.</summary>
    internal static string NewDelimiter() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 16);
}
