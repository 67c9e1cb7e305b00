using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Rag.Inference.Remote;

/// <summary>A request as <c>/v1/chat/completions</c> reads it. Only what all servers of this kind know; the rest is refused, never dropped.</summary>
internal static class EndpointChatRequest
{
    /// <exception cref="InferenceException">InvalidOption or PromptTooLong.</exception>
    public static JsonObject Build(
        IEnumerable<ChatMessage> messages, ChatOptions? request, EndpointAddress address, ChatEndpointOptions endpoint, InferenceOptions options)
    {
        Check(request, address.Model);
        var turns = messages.Select(Turn).ToList();
        if (request?.Instructions is { Length: > 0 } instructions)
        {
            turns.Insert(0, ("system", instructions));
        }

        Refuse(turns.Count == 0, "A conversation needs at least one message.");
        // Four more per message: what a chat template puts around it.
        var tokens = turns.Sum(turn => (long)TokenEstimate.Instance.Count(turn.Text) + 4);
        if (tokens >= endpoint.ContextLength)
        {
            throw new InferenceException(
                InferenceFailure.PromptTooLong, $"The question and its passages have about {tokens} tokens; {address.Model} reads {endpoint.ContextLength}.");
        }

        var body = new JsonObject
        {
            ["model"] = address.Model,
            ["messages"] = new JsonArray([.. turns.Select(turn => new JsonObject { ["role"] = turn.Role, ["content"] = turn.Text })]),
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["max_tokens"] = request?.MaxOutputTokens ?? options.MaxOutputTokens,
        };
        Add(body, "temperature", request?.Temperature);
        Add(body, "top_p", request?.TopP);
        Add(body, "frequency_penalty", request?.FrequencyPenalty);
        Add(body, "presence_penalty", request?.PresencePenalty);
        Add(body, "seed", request?.Seed);
        if (request?.StopSequences is { Count: > 0 } stops)
        {
            body["stop"] = new JsonArray([.. stops.Select(stop => JsonValue.Create(stop))]);
        }

        if (request?.ResponseFormat is ChatResponseFormatJson)
        {
            body["response_format"] = new JsonObject { ["type"] = "json_object" };
        }

        return body;
    }

    private static void Add<T>(JsonObject body, string name, T? value)
        where T : struct
    {
        if (value is { } given)
        {
            body[name] = JsonValue.Create(given);
        }
    }

    private static (string Role, string Text) Turn(ChatMessage message)
    {
        Refuse(
            message.Role != ChatRole.System && message.Role != ChatRole.User && message.Role != ChatRole.Assistant,
            $"The chat model knows no messages of the role '{message.Role.Value}'.");
        var other = message.Contents.FirstOrDefault(content => content is not (TextContent or UsageContent));
        Refuse(other is not null, $"The chat model reads text only, not {other?.GetType().Name}.");
        return (message.Role.Value, message.Text);
    }

    private static void Check(ChatOptions? request, string model)
    {
        if (request is null)
        {
            return;
        }

        Refuse(request.ModelId is { } id && id != model, $"The chat model is {model}, not {request.ModelId}.");
        Refuse(request.Tools is { Count: > 0 }, "The chat model calls no tools.");
        Refuse(request.ResponseFormat is not (null or ChatResponseFormatText or ChatResponseFormatJson { Schema: null }), "ResponseFormat must be text, or JSON without a schema.");
        Refuse(request.ContinuationToken is not null || request.AllowBackgroundResponses is true, "There are no background responses here.");
        Refuse(request.TopK is not null, "TopK is not part of the protocol of a model behind an endpoint.");
        Refuse(
            request.AdditionalProperties?.ContainsKey(InferenceProperties.RepetitionPenalty) is true,
            $"{InferenceProperties.RepetitionPenalty} is not part of the protocol of a model behind an endpoint; use FrequencyPenalty.");
        Refuse(request.MaxOutputTokens < 1, "MaxOutputTokens must be at least 1.");
        Refuse(request.StopSequences?.Any(string.IsNullOrEmpty) is true, "A stop sequence cannot be empty.");
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw new InferenceException(InferenceFailure.InvalidOption, message);
        }
    }
}
