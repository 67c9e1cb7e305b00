using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Rag.Inference.Chat.Drafts;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Chat;

/// <summary>How a generation went.</summary>
/// <param name="Reused">Prompt tokens that were still in the KV cache.</param>
/// <param name="Prefill">Time until the first token was known.</param>
internal sealed record GenerationResult(ChatFinishReason Finish, int OutputTokens, int Reused, TimeSpan Prefill, double? TokensPerSecond);

/// <summary>A piece of an answer, as it arises.</summary>
/// <param name="Probabilities">Of the tokens since the piece before, where they were asked for.</param>
internal readonly record struct AnswerPiece(string Text, IReadOnlyList<TokenLogProbability>? Probabilities);

/// <summary>One answer on its way: what it has read, what it has written, where its text goes. Used by the engine's thread alone.</summary>
internal sealed class Generation(
    PromptTokens prompt, GenerationSettings settings, ChannelWriter<AnswerPiece> text, IReadOnlySet<int> stopTokens, IReadOnlySet<int> penaltyFree,
    IChatTokenizer tokenizer, int contextLength, TimeProvider clock, CancellationToken cancel)
{
    private readonly TaskCompletionSource<GenerationResult> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Sampler sampler = new(settings, penaltyFree, settings.Json ? new JsonTokens(tokenizer) : null);
    private readonly StopSequenceMatcher stops = new(settings.StopSequences);
    private readonly TokenStreamDecoder decoder = new(tokenizer);
    private readonly PromptLookup lookup = new(prompt.Ids, (int)Math.Min((long)settings.MaxOutputTokens, contextLength - prompt.Ids.Length));
    private readonly long start = clock.GetTimestamp();
    private List<TokenLogProbability> probabilities = [];
    private TimeSpan prefill;
    private long firstToken;
    private int count;

    public PromptTokens Prompt => prompt;

    public CancellationToken Cancel => cancel;

    public Task<GenerationResult> Ended => ended.Task;

    /// <summary>Tokens it may come to take up in the cache.</summary>
    public int Reserved { get; } = (int)Math.Min((long)prompt.Ids.Length + settings.MaxOutputTokens, contextLength);

    /// <summary>Tokens of the prompt that were found in the cache.</summary>
    public int Reused { get; set; }

    /// <summary>Tokens of the prompt whose keys and values are there.</summary>
    public int Read { get; set; }

    /// <summary>The token to be read next; the last one of the answer.</summary>
    public int Token { get; private set; }

    /// <summary>How the answer may go on behind <see cref="Token"/>.</summary>
    public PromptLookup Lookup => lookup;

    /// <summary>Takes the next token from the logits. False: the answer has ended with it.</summary>
    /// <param name="logits">Overwritten.</param>
    public bool Take(Span<float> logits)
    {
        if (count == 0)
        {
            firstToken = clock.GetTimestamp();
            prefill = clock.GetElapsedTime(start, firstToken);
        }

        Token = sampler.Next(logits);
        count++;
        lookup.Append(Token);
        if (stopTokens.Contains(Token))
        {
            Finish(ChatFinishReason.Stop);
            return false;
        }

        if (settings.LogProbabilities)
        {
            probabilities.Add(new(Encoding.UTF8.GetString(tokenizer.Bytes(Token)), sampler.LogProbability));
        }

        Write(stops.Append(decoder.Append(Token)));
        if (stops.Stopped || sampler.IsComplete || count == settings.MaxOutputTokens || prompt.Ids.Length + count > contextLength)
        {
            Finish(stops.Stopped || sampler.IsComplete ? ChatFinishReason.Stop : ChatFinishReason.Length);
            return false;
        }

        return true;
    }

    /// <summary>Ends it without an answer.</summary>
    public void Fail(Exception error)
    {
        error = error is OperationCanceledException or InferenceException
            ? error
            : new InferenceException(InferenceFailure.Failed, $"The chat model failed: {error.Message}", error);
        text.TryComplete(error);
        ended.TrySetException(error);
    }

    private void Finish(ChatFinishReason reason)
    {
        if (!stops.Stopped)
        {
            Write(stops.Append(decoder.Finish()));
            Write(stops.Finish());
        }

        // The first token came out of the prefill.
        var seconds = clock.GetElapsedTime(firstToken).TotalSeconds;
        ended.TrySetResult(new(reason, count, Reused, prefill, count > 1 && seconds > 0 ? (count - 1) / seconds : null));
        text.TryComplete();
    }

    private void Write(string piece)
    {
        if (piece.Length == 0)
        {
            return;
        }

        var known = probabilities.Count > 0 ? probabilities : null;
        probabilities = known is null ? probabilities : [];
        text.TryWrite(new(piece, known));   // unbounded: an answer is short, and a slow reader must not stop the model
    }
}
