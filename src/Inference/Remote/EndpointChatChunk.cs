using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Rag.Inference.Remote;

/// <summary>One event of a streamed completion, as far as it is used.</summary>
internal sealed record EndpointChatChunk(string Text, ChatFinishReason? Finish, UsageDetails? Usage)
{
    /// <exception cref="InferenceException">The server reports an error in the middle of its stream, or the event is no JSON of this kind.</exception>
    public static EndpointChatChunk Parse(string data, EndpointClient client)
    {
        try
        {
            using var json = JsonDocument.Parse(data);
            var root = json.RootElement;
            if (root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null)
            {
                var code = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code", out var given) && given.ValueKind == JsonValueKind.Number ? given.GetInt32() : 500;
                throw client.Failed(EndpointErrors.From(code, EndpointErrors.Words(data), client.Endpoint));
            }

            var usage = root.TryGetProperty("usage", out var counted) && counted.ValueKind == JsonValueKind.Object ? Counted(counted) : null;
            if (!root.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0)
            {
                return new("", null, usage);
            }

            var choice = choices[0];
            var text = choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object
                && delta.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String ? content.GetString()! : "";
            var finish = choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString() : null;
            return new(text, string.IsNullOrEmpty(finish) ? null : new ChatFinishReason(finish), usage);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw client.Failed(EndpointErrors.Nonsense(client.Endpoint, "something that is no chat completion", error));
        }
    }

    private static UsageDetails Counted(JsonElement usage)
    {
        long? Number(string name) => usage.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : null;
        return new() { InputTokenCount = Number("prompt_tokens"), OutputTokenCount = Number("completion_tokens"), TotalTokenCount = Number("total_tokens") };
    }
}
