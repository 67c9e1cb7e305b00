using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Inference.Runtime;

namespace Rag.Inference.Remote;

/// <summary>Talks to one OpenAI-compatible server, and keeps for the status page how it went.</summary>
internal sealed class EndpointClient(IHttpClientFactory http, EndpointAddress endpoint)
{
    public const string HttpName = "inference-endpoint";

    /// <summary>A server that refuses one of these by name gets the request again without it, and is not asked for it any more.</summary>
    private static readonly string[] Dispensable = ["stream_options", "seed", "temperature"];

    private readonly Lock gate = new();
    private readonly HashSet<string> refused = new(StringComparer.Ordinal);
    private (ModelState State, string? Message) status = (ModelState.NotLoaded, null);

    public EndpointAddress Endpoint => endpoint;

    public (ModelState State, string? Message) Status
    {
        get
        {
            lock (gate)
            {
                return status;
            }
        }
    }

    /// <summary>The server's answer once its first line says that all is well; its content may still be arriving.</summary>
    /// <exception cref="InferenceException">Busy, PromptTooLong, Unavailable or Failed.</exception>
    public async Task<HttpResponseMessage> PostAsync(string path, JsonObject body, CancellationToken cancel)
    {
        while (true)
        {
            Adapt(body);
            var reply = await SendAsync(HttpMethod.Post, path, body, cancel).ConfigureAwait(false);
            if (reply.IsSuccessStatusCode)
            {
                return reply;
            }

            using (reply)
            {
                var words = await EndpointErrors.WordsAsync(reply, cancel).ConfigureAwait(false);
                if ((int)reply.StatusCode is not (400 or 422) || !Learn(body, words.All))
                {
                    throw Failed(EndpointErrors.From(reply, words, endpoint));
                }
            }
        }
    }

    /// <summary>Asks for the list of models. Servers without such a list are believed.</summary>
    /// <exception cref="InferenceException">Unavailable: no answer, the key is refused, or the model is not in the list.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        using var reply = await SendAsync(HttpMethod.Get, "models", null, cancel).ConfigureAwait(false);
        if ((int)reply.StatusCode is 401 or 403)
        {
            throw Failed(EndpointErrors.From(reply, await EndpointErrors.WordsAsync(reply, cancel).ConfigureAwait(false), endpoint));
        }

        var names = reply.IsSuccessStatusCode ? await NamesAsync(reply, cancel).ConfigureAwait(false) : [];
        // Ollama lists "qwen3:latest" and takes "qwen3".
        if (names.Count > 0 && !names.Contains(endpoint.Model) && !names.Contains(endpoint.Model + ":latest"))
        {
            throw Failed(new(
                InferenceFailure.Unavailable,
                $"The server at {endpoint.Shown} has no {endpoint.Kind} named {endpoint.Model}. It has {string.Join(", ", names.Take(8))}{(names.Count > 8 ? " and others" : "")}."));
        }

        if (reply.IsSuccessStatusCode)
        {
            Succeeded();
        }
    }

    public void Succeeded() => Set((ModelState.Ready, null));

    /// <summary>Keeps the failure for the status page; what a busy server or one long question caused is none of the model's.</summary>
    public InferenceException Failed(InferenceException failure)
    {
        if (failure.Reason is InferenceFailure.Unavailable or InferenceFailure.Failed)
        {
            Set((ModelState.Failed, failure.Message));
        }

        return failure;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint.Address, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        }

        if (endpoint.ApiKey is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        try
        {
            using var client = http.CreateClient(HttpName);
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (EndpointErrors.IsTransport(error))
        {
            throw Failed(EndpointErrors.Away(endpoint, error));
        }
    }

    private static async Task<HashSet<string>> NamesAsync(HttpResponseMessage reply, CancellationToken cancel)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(await reply.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), default, cancel).ConfigureAwait(false);
            return [.. json.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).OfType<string>()];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException || EndpointErrors.IsTransport(error))
        {
            return [];   // a list in words of its own says nothing against the model
        }
    }

    private void Adapt(JsonObject body)
    {
        lock (gate)
        {
            foreach (var field in refused)
            {
                // Newer OpenAI models know the limit by another name.
                if (body.Remove(field, out var value) && field == "max_tokens")
                {
                    body["max_completion_tokens"] = value;
                }
            }
        }
    }

    /// <returns>Whether a field of this body was refused by its name for the first time.</returns>
    private bool Learn(JsonObject body, string words)
    {
        var field = words.Contains("max_completion_tokens", StringComparison.Ordinal) && body.ContainsKey("max_tokens")
            ? "max_tokens"
            : Dispensable.FirstOrDefault(name => body.ContainsKey(name) && words.Contains(name, StringComparison.Ordinal));
        lock (gate)
        {
            // A field that another request found refused meanwhile is still in this body.
            return field is not null && (refused.Add(field) || body.ContainsKey(field));
        }
    }

    private void Set((ModelState, string?) now)
    {
        lock (gate)
        {
            status = now;
        }
    }
}
