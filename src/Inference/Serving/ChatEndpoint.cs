using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Rag.Inference.Serving;

/// <summary><c>POST /v1/chat/completions</c>, whole or streamed as server-sent events.</summary>
internal static class ChatEndpoint
{
    public static string Model(IChatClient chat) => chat.GetService<ChatClientMetadata>()?.DefaultModelId ?? "chat";

    public static async Task<IResult> AnswerAsync(HttpContext http, IChatClient chat, TimeProvider clock, CancellationToken cancel)
    {
        var request = await RequestReader.ReadAsync(http.Request, cancel).ConfigureAwait(false);
        var model = Model(chat);
        request.Check(model, "tools", "functions", "logprobs", "logit_bias", "n", "audio");
        var messages = Messages(request);
        var options = Options(request);
        var head = new Head("chatcmpl-" + Guid.NewGuid().ToString("N"), clock.GetUtcNow().ToUnixTimeSeconds(), model);
        if (request.Flag("stream"))
        {
            var counts = request.Find("stream_options") is { ValueKind: JsonValueKind.Object } wishes && wishes.TryGetProperty("include_usage", out var wish) && wish.ValueKind == JsonValueKind.True;
            await StreamAsync(http, chat.GetStreamingResponseAsync(messages, options, cancel), head, counts, cancel).ConfigureAwait(false);
            return Results.Empty;
        }

        var response = await chat.GetResponseAsync(messages, options, cancel).ConfigureAwait(false);
        var choice = new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = response.Text },
            ["finish_reason"] = response.FinishReason?.Value ?? "stop",
        };
        var body = head.Body("chat.completion", choice);
        body["usage"] = Usage(response.Usage);
        return Results.Text(body.ToJsonString(), "application/json");
    }

    // Until the first piece of text has come, a failure is an ordinary error; behind it, it is an event of the stream.
    private static async Task StreamAsync(HttpContext http, IAsyncEnumerable<ChatResponseUpdate> updates, Head head, bool counts, CancellationToken cancel)
    {
        UsageDetails? usage = null;
        ChatFinishReason? finish = null;
        try
        {
            await foreach (var update in updates.ConfigureAwait(false))
            {
                usage = update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details ?? usage;
                finish = update.FinishReason ?? finish;
                if (update.Text.Length > 0)
                {
                    await WriteAsync(http, head.Body("chat.completion.chunk", Delta(update.Text, null)), cancel).ConfigureAwait(false);
                }
            }
        }
        catch (InferenceException failure) when (http.Response.HasStarted)
        {
            await WriteAsync(http, ServerErrors.Body(failure), cancel).ConfigureAwait(false);
            return;
        }

        await WriteAsync(http, head.Body("chat.completion.chunk", Delta(null, finish?.Value ?? "stop")), cancel).ConfigureAwait(false);
        if (counts)
        {
            var last = head.Body("chat.completion.chunk", null);
            last["usage"] = Usage(usage);
            await WriteAsync(http, last, cancel).ConfigureAwait(false);
        }

        await http.Response.WriteAsync("data: [DONE]\n\n", cancel).ConfigureAwait(false);
    }

    private static async Task WriteAsync(HttpContext http, JsonObject body, CancellationToken cancel)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-cache";
        }

        await http.Response.WriteAsync($"data: {body.ToJsonString()}\n\n", cancel).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
    }

    private static JsonObject Delta(string? text, string? finish)
    {
        var delta = new JsonObject();
        if (text is not null)
        {
            (delta["role"], delta["content"]) = ("assistant", text);
        }

        return new() { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish };
    }

    private static List<ChatMessage> Messages(RequestReader request)
    {
        if (request.Find("messages") is not { ValueKind: JsonValueKind.Array } list)
        {
            throw RequestReader.Invalid("messages must be a list.");
        }

        return [.. list.EnumerateArray().Select(message =>
        {
            if (message.ValueKind != JsonValueKind.Object)
            {
                throw RequestReader.Invalid("A message must be an object.");
            }

            var fields = new RequestReader(message);
            var role = fields.Text("role") switch
            {
                "developer" => "system",
                "system" or "user" or "assistant" => fields.Text("role")!,
                var other => throw RequestReader.Invalid($"There are no messages of the role '{other}' here."),
            };
            return new ChatMessage(new ChatRole(role), Content(fields));
        })];
    }

    // A text, or a list of parts of which all must be texts.
    private static string Content(RequestReader message) => message.Find("content") is { ValueKind: JsonValueKind.Array } parts
        ? string.Concat(parts.EnumerateArray().Select(part =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var type) && type.GetString() == "text" && part.TryGetProperty("text", out var text)
                ? text.GetString() : throw RequestReader.Invalid("The model reads text only.")))
        : message.Text("content") ?? throw RequestReader.Invalid("A message needs a content.");

    private static ChatOptions Options(RequestReader request)
    {
        var limit = request.Whole("max_completion_tokens") ?? request.Whole("max_tokens");
        var options = new ChatOptions
        {
            MaxOutputTokens = limit is { } most ? (int)Math.Clamp(most, 0, int.MaxValue) : null,
            Temperature = request.Number("temperature"),
            TopP = request.Number("top_p"),
            TopK = request.Whole("top_k") is { } top ? (int)Math.Clamp(top, 0, int.MaxValue) : null,
            Seed = request.Whole("seed"),
            FrequencyPenalty = request.Number("frequency_penalty"),
            PresencePenalty = request.Number("presence_penalty"),
            StopSequences = request.Texts("stop"),
            ResponseFormat = Format(request),
        };
        if (request.Number("repetition_penalty") is { } penalty)
        {
            options.AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = penalty };
        }

        return options;
    }

    private static ChatResponseFormat? Format(RequestReader request) => request.Find("response_format") is not { } format ? null
        : (format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type", out var kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null) switch
        {
            "text" => ChatResponseFormat.Text,
            "json_object" => ChatResponseFormat.Json,
            _ => throw RequestReader.Invalid("response_format must be text or json_object."),
        };

    private static JsonObject Usage(UsageDetails? usage) => new()
    {
        ["prompt_tokens"] = usage?.InputTokenCount ?? 0,
        ["completion_tokens"] = usage?.OutputTokenCount ?? 0,
        ["total_tokens"] = usage?.TotalTokenCount ?? 0,
    };

    private sealed record Head(string Id, long Created, string Model)
    {
        public JsonObject Body(string kind, JsonObject? choice) => new()
        {
            ["id"] = Id, ["object"] = kind, ["created"] = Created, ["model"] = Model, ["choices"] = choice is null ? new JsonArray() : new JsonArray(choice),
        };
    }
}
