using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Rag.Web.Chat;

/// <summary>One call of the chat model for an answer: tells the reader the place in the queue, and gives up on a model that falls silent.</summary>
internal sealed class ModelCall(IChatClient chat, AnswerRunner runner, IOptions<AnswerOptions> options, TimeProvider clock)
{
    /// <param name="take">Each piece of text as it comes.</param>
    /// <param name="queued">How long the call has waited for others so far.</param>
    /// <exception cref="TimeoutException">The model was silent for too long.</exception>
    /// <exception cref="ModelException">The model refused or failed.</exception>
    public async Task StreamAsync(IReadOnlyList<ChatMessage> messages, ChatOptions request, AnswerStream stream, Func<string, Task> take, Action<TimeSpan> queued)
    {
        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, stream.Cancellation);
        silence.CancelAfter(TimeSpan.FromSeconds(options.Value.SilenceSeconds));
        var asked = clock.GetTimestamp();
        var waited = TimeSpan.Zero;
        var updates = chat.GetStreamingResponseAsync(messages, request, both.Token).GetAsyncEnumerator(both.Token);
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
                    waited = clock.GetElapsedTime(asked);
                    queued(waited);
                }

                silence.CancelAfter(TimeSpan.FromSeconds(ahead > 0 ? options.Value.QueueSeconds : options.Value.SilenceSeconds));
                await take(update.Text);
            }

            runner.Observe(clock.GetElapsedTime(asked) - waited);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && stream.Stopped is null)
        {
            throw new TimeoutException("The model was silent for too long.");
        }
        finally
        {
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

    /// <summary>What the reader is told when a call fails; null for a stop, which is no failure.</summary>
    public static string? Sentence(Exception failure, AnswerStream stream) => failure switch
    {
        OperationCanceledException when stream.Stopped is not null => null,
        TimeoutException => "The model did not go on and was stopped. The quotes above are from your question's search; try again for its wording.",
        ModelException { Failure: ModelFailure.Busy } => "Too many answers are being written right now. The quotes above are from your files; try again in a moment for the model's wording.",
        ModelException { Failure: ModelFailure.PromptTooLong } known => known.Message,
        ModelException { Failure: ModelFailure.Unavailable } known => $"The model is not available: {known.Message} The quotes above are from your files.",
        _ => "The model failed while it wrote. The quotes above stand; try again for its wording.",
    };

    private static int? QueuePlace(ChatResponseUpdate update) =>
        update.AdditionalProperties is { } properties && properties.TryGetValue<int>("queuePosition", out var place) ? place : null;
}
