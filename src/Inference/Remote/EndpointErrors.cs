using System.Text.Json;
using Polly;

namespace Rag.Inference.Remote;

/// <summary>What a server said when it refused.</summary>
/// <param name="Message">Its sentence, one line, at most 300 characters; empty where there is none.</param>
/// <param name="All">The beginning of the whole body, to look names up in.</param>
internal sealed record EndpointWords(string Message, string All);

/// <summary>A server's refusals as the reasons of this library. The key never gets into a message, not even when the server repeats it.</summary>
internal static class EndpointErrors
{
    private const int MostBytes = 16_384;
    private const int MostWords = 300;

    public static bool IsTransport(Exception error) => error is HttpRequestException or IOException or ExecutionRejectedException;

    public static InferenceException Away(EndpointAddress endpoint, Exception error) => new(
        InferenceFailure.Unavailable, $"The server of the {endpoint.Kind} at {endpoint.Shown} cannot be reached. Is it running, and is the address right?", error);

    public static InferenceException Silent(EndpointAddress endpoint, int seconds) => new(
        InferenceFailure.Unavailable, $"The server of the {endpoint.Kind} at {endpoint.Shown} said nothing for {seconds} seconds.");

    public static InferenceException Nonsense(EndpointAddress endpoint, string what, Exception? inner = null) => new(
        InferenceFailure.Failed, $"The server of the {endpoint.Kind} at {endpoint.Shown} answered with {what}.", inner);

    public static InferenceException From(HttpResponseMessage reply, EndpointWords words, EndpointAddress endpoint) => From((int)reply.StatusCode, words, endpoint);

    public static InferenceException From(int code, EndpointWords words, EndpointAddress endpoint)
    {
        var server = $"The server of the {endpoint.Kind} at {endpoint.Shown}";
        var said = words.Message.Length == 0 ? "" : $" It says: {Hide(words.Message, endpoint)}";
        return code switch
        {
            429 or 503 => new(InferenceFailure.Busy, $"{server} is busy ({code}). Try again in a moment.{said}"),
            401 or 403 => new(InferenceFailure.Unavailable, $"{server} refuses the API key, or there is none ({code}).{said}"),
            404 => new(InferenceFailure.Unavailable, $"{server} does not know the model {endpoint.Model}, or the address is wrong (404).{said}"),
            >= 300 and < 400 => new(InferenceFailure.Unavailable, $"{server} sends us to another address ({code}). Set the address that answers itself."),
            400 or 413 or 422 when IsTooLong(words.All) => new(InferenceFailure.PromptTooLong, $"The text is too long for the {endpoint.Kind} {endpoint.Model}.{said}"),
            _ => new(InferenceFailure.Failed, $"{server} refused the request ({code}).{said}"),
        };
    }

    /// <summary>The error's text, in the shapes of OpenAI (<c>error.message</c>), Ollama (<c>error</c>) and FastAPI (<c>detail</c>).</summary>
    public static async Task<EndpointWords> WordsAsync(HttpResponseMessage reply, CancellationToken cancel)
    {
        try
        {
            await using var stream = await reply.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            var buffer = new byte[MostBytes];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
            return Words(System.Text.Encoding.UTF8.GetString(buffer, 0, length));
        }
        catch (Exception error) when (IsTransport(error))
        {
            return new("", "");
        }
    }

    public static EndpointWords Words(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && Message(json.RootElement) is { } message ? new(OneLine(message), body) : new("", body);
        }
        catch (JsonException)
        {
            return new("", body);   // an error page of something in between is no sentence
        }
    }

    private static string? Message(JsonElement root) =>
        Text(root, "message") ?? Text(root, "detail") ?? Text(root, "error")
        ?? (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? Text(error, "message") : null);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MostWords ? line : line[..MostWords] + "…";
    }

    // vLLM: "maximum context length"; llama.cpp: "exceeds the available context size"; OpenAI: context_length_exceeded; TEI: "must have less than 512 tokens".
    private static bool IsTooLong(string words) =>
        (words.Contains("context", StringComparison.OrdinalIgnoreCase) && (words.Contains("exceed", StringComparison.OrdinalIgnoreCase) || words.Contains("maximum", StringComparison.OrdinalIgnoreCase)))
        || words.Contains("too long", StringComparison.OrdinalIgnoreCase) || words.Contains("less than", StringComparison.OrdinalIgnoreCase);

    private static string Hide(string text, EndpointAddress endpoint) =>
        endpoint.ApiKey is { } key ? text.Replace(key, "…", StringComparison.Ordinal) : text;
}
