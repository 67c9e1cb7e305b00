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
    ConfiguredModel configured, ModelHost<ChatModel> host, LazyTokenizer<IChatTokenizer> tokenizer, GenerationQueue queue,
    IContinuationScorer scorer, InferenceOptions options, TimeProvider clock, ILogger<OnnxChatClient> logger) : IChatClient, IPromptWarmer
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

        using var place = queue.Enter(GenerationSettings.Text(options, InferenceProperties.Share));
        await foreach (var ahead in place.AheadAsync(cancel).ConfigureAwait(false))
        {
            var waiting = new AdditionalPropertiesDictionary { [InferenceProperties.QueuePosition] = ahead };
            if (ahead > 0 && queue.Estimate(ahead) is { } estimate)
            {
                waiting[InferenceProperties.QueueSeconds] = estimate.TotalSeconds;
            }

            yield return Update(id, [], waiting);
        }

        using var rental = await host.RentAsync(cancel).ConfigureAwait(false);
        queue.Widen(rental.Model.Slots);
        var waited = clock.GetElapsedTime(start);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var text = Channel.CreateUnbounded<AnswerPiece>(new() { SingleReader = true, SingleWriter = true });
        var generation = rental.Model.Generate(prompt, settings, text.Writer, left.Token);
        try
        {
            await foreach (var piece in text.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return Update(id, [new TextContent(piece.Text)], piece.Probabilities is { } known ? new() { [InferenceProperties.LogProbabilities] = known } : null);
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

    /// <inheritdoc/>
    public async Task WarmAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var cancel = cancellationToken;
        var (prompt, _) = await Task.Run(() => Prepare(messages, options), cancel).ConfigureAwait(false);
        using var rental = await host.RentAsync(cancel).ConfigureAwait(false);
        await rental.Model.WarmAsync(prompt).ConfigureAwait(false);   // not cancelled: the model must not be freed below it
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
