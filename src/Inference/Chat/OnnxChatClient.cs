using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Scoring;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Chat;

/// <summary>
/// Answers with the configured chat model. Updates come in this order: one per place in the queue (<see cref="InferenceProperties.QueuePosition"/>),
/// text as it arises, and a last one with the usage and the finish reason.
/// </summary>
internal sealed class OnnxChatClient(
    ConfiguredModel configured, ModelHost<ChatModel> host, LazyTokenizer<BytePairTokenizer> tokenizer, GenerationQueue queue,
    IContinuationScorer scorer, InferenceOptions options, TimeProvider clock, ILogger<OnnxChatClient> logger) : IChatClient
{
    private double lastSpeed = double.NaN;

    /// <summary>Tokens per second of the last answer, the prompt not counted; null before the first.</summary>
    public double? LastTokensPerSecond => Volatile.Read(ref lastSpeed) is var speed && double.IsNaN(speed) ? null : speed;

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var cancel = cancellationToken;
        var (prompt, settings) = await Task.Run(() => Prepare(messages, options), cancel).ConfigureAwait(false);
        var id = Guid.NewGuid().ToString("N");
        var start = clock.GetTimestamp();

        using var place = queue.Enter();
        await foreach (var ahead in place.AheadAsync(cancel).ConfigureAwait(false))
        {
            yield return Update(id, [], new() { [InferenceProperties.QueuePosition] = ahead });
        }

        using var rental = await host.RentAsync(cancel).ConfigureAwait(false);
        var waited = clock.GetElapsedTime(start);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var text = Channel.CreateUnbounded<string>(new() { SingleReader = true, SingleWriter = true });
        // A thread of its own: an answer computes for seconds, and the pool's threads serve pages.
        var generation = Task.Factory.StartNew(
            () => Generate(rental.Model, prompt, settings, text.Writer, left.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (var piece in text.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return Update(id, [new TextContent(piece)]);
            }

            var result = await generation.ConfigureAwait(false);
            Volatile.Write(ref lastSpeed, result.TokensPerSecond ?? Volatile.Read(ref lastSpeed));
            logger.Generated(
                prompt.Ids.Length, result.Reused, result.OutputTokens, waited.TotalMilliseconds, result.Prefill.TotalMilliseconds, result.TokensPerSecond ?? 0);
            var last = Update(id, [new UsageContent(Usage(prompt, result))]);
            last.FinishReason = result.Finish;
            yield return last;
        }
        finally
        {
            // The reader may have gone in the middle; the place in the queue is free only when the model has stopped.
            await left.CancelAsync().ConfigureAwait(false);
            await generation.ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatModelInfo) ? Info()
            : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("onnxruntime", null, configured.Id)
            : serviceType == typeof(ITextTokenCounter) ? tokenizer
            : serviceType == typeof(IContinuationScorer) ? scorer
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    // The host owns the model.
    public void Dispose()
    {
    }

    private static GenerationResult Generate(ChatModel model, PromptTokens prompt, GenerationSettings settings, ChannelWriter<string> text, CancellationToken cancel)
    {
        try
        {
            var result = model.Generate(prompt, settings, text, cancel);
            text.Complete();
            return result;
        }
        catch (Exception error)
        {
            text.Complete(error is OperationCanceledException or InferenceException
                ? error
                : new InferenceException(InferenceFailure.Failed, $"The chat model failed: {error.Message}", error));
            throw;
        }
    }

    /// <exception cref="InferenceException">InvalidOption, PromptTooLong or Unavailable.</exception>
    private (PromptTokens Prompt, GenerationSettings Settings) Prepare(IEnumerable<ChatMessage> messages, ChatOptions? request)
    {
        var manifest = configured.Folder.Manifest;
        var settings = GenerationSettings.From(request, manifest, options);
        if (request?.Instructions is { Length: > 0 } instructions)
        {
            messages = messages.Prepend(new ChatMessage(ChatRole.System, instructions));
        }

        var prompt = new ChatTemplate(manifest, tokenizer.Value)
            .Render(messages, request?.ConversationId, GenerationSettings.Text(request, InferenceProperties.PrefixScope));
        return prompt.Ids.Length < manifest.ContextLength
            ? (prompt, settings)
            : throw new InferenceException(
                InferenceFailure.PromptTooLong, $"The question and its passages have {prompt.Ids.Length} tokens; {manifest.Id} reads {manifest.ContextLength}.");
    }

    private ChatModelInfo? Info() => configured.Find()?.Manifest is { } m
        ? new(m.Id, m.Title, m.ContextLength, m.AnswerStyle, options.MaxOutputTokens, m.Parameters, m.License, m.Languages)
        : null;

    private ChatResponseUpdate Update(string id, IList<AIContent> contents, AdditionalPropertiesDictionary? properties = null) => new(ChatRole.Assistant, contents)
    {
        ResponseId = id,
        MessageId = id,
        ModelId = configured.Id,
        CreatedAt = clock.GetUtcNow(),
        AdditionalProperties = properties,
    };

    private static UsageDetails Usage(PromptTokens prompt, GenerationResult result) => new()
    {
        InputTokenCount = prompt.Ids.Length,
        CachedInputTokenCount = result.Reused,
        OutputTokenCount = result.OutputTokens,
        TotalTokenCount = prompt.Ids.Length + result.OutputTokens,
    };
}
