using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Rag.Inference.Models;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Remote;

/// <summary>
/// Answers with a model behind <c>/v1/chat/completions</c>, always as a stream. The updates come in the order of the model in this process:
/// one without text as soon as the server has taken the request, text as it arises, and a last one with usage and finish reason.
/// </summary>
internal sealed class EndpointChatClient(EndpointClient client, ChatEndpointOptions endpoint, InferenceOptions defaults, TimeProvider clock) : IChatClient
{
    private const string End = "[DONE]";

    private double lastSpeed = double.NaN;

    /// <summary>Tokens per second of the last answer from its first word on, where the server counts them; null before.</summary>
    public double? LastTokensPerSecond => Volatile.Read(ref lastSpeed) is var speed && double.IsNaN(speed) ? null : speed;

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var body = EndpointChatRequest.Build(messages, options, client.Endpoint, endpoint, defaults);
        using var silence = new Silence(client.Endpoint, endpoint.SilenceSeconds, clock, cancellationToken);
        using var reply = await AskAsync(body, silence).ConfigureAwait(false);
        var id = Guid.NewGuid().ToString("N");
        yield return Update(id, [], new() { [InferenceProperties.QueuePosition] = 0 });

        await using var stream = await silence.WatchAsync(reply.Content.ReadAsStreamAsync).ConfigureAwait(false);
        await using var events = SseParser.Create(stream).EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);
        var think = new ThinkFilter();
        ChatFinishReason? finish = null;
        UsageDetails? usage = null;
        long? firstWord = null;
        var ended = false;
        while (!ended && await MoveAsync(events, silence).ConfigureAwait(false))
        {
            if (events.Current.Data.Trim() == End)
            {
                ended = true;
            }
            else if (events.Current.Data.Length > 0)
            {
                var chunk = EndpointChatChunk.Parse(events.Current.Data, client);
                (finish, usage) = (chunk.Finish ?? finish, chunk.Usage ?? usage);
                firstWord ??= chunk.Text.Length > 0 ? clock.GetTimestamp() : null;
                var text = think.Append(chunk.Text);
                // An update without text tells that the model is at work: it thinks.
                yield return Update(id, text.Length > 0 ? [new TextContent(text)] : []);
            }
        }

        if (finish is null)
        {
            throw client.Failed(EndpointErrors.Nonsense(client.Endpoint, "an answer that broke off in the middle"));
        }

        client.Succeeded();
        Observe(usage, firstWord);
        if (think.Finish() is { Length: > 0 } rest)
        {
            yield return Update(id, [new TextContent(rest)]);
        }

        var last = Update(id, usage is null ? [] : [new UsageContent(usage)]);
        last.FinishReason = finish;
        yield return last;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        var model = client.Endpoint.Model;
        return serviceKey is not null ? null
            : serviceType == typeof(ChatModelInfo) ? new ChatModelInfo(model, model, endpoint.ContextLength, endpoint.AnswerStyle, defaults.MaxOutputTokens, 0, "", [])
            : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai-compatible", client.Endpoint.Address, model)
            : serviceType == typeof(ITextTokenCounter) ? TokenEstimate.Instance
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
    }

    private async Task<HttpResponseMessage> AskAsync(JsonObject body, Silence silence)
    {
        try
        {
            return await silence.WatchAsync(cancel => client.PostAsync("chat/completions", body, cancel)).ConfigureAwait(false);
        }
        catch (InferenceException error)
        {
            throw client.Failed(error);
        }
    }

    private async Task<bool> MoveAsync(IAsyncEnumerator<SseItem<string>> events, Silence silence)
    {
        try
        {
            return await silence.WatchAsync(_ => events.MoveNextAsync().AsTask()).ConfigureAwait(false);
        }
        catch (Exception error) when (EndpointErrors.IsTransport(error))
        {
            throw client.Failed(EndpointErrors.Nonsense(client.Endpoint, "an answer that broke off in the middle", error));
        }
        catch (InferenceException error)
        {
            throw client.Failed(error);
        }
    }

    private void Observe(UsageDetails? usage, long? firstWord)
    {
        if (usage?.OutputTokenCount is > 1 and var tokens && firstWord is { } start && clock.GetElapsedTime(start).TotalSeconds is > 0 and var seconds)
        {
            Volatile.Write(ref lastSpeed, (tokens - 1) / seconds);
        }
    }

    private ChatResponseUpdate Update(string id, IList<AIContent> contents, AdditionalPropertiesDictionary? properties = null) => new(ChatRole.Assistant, contents)
    {
        ResponseId = id,
        MessageId = id,
        ModelId = client.Endpoint.Model,
        CreatedAt = clock.GetUtcNow(),
        AdditionalProperties = properties,
    };
}
