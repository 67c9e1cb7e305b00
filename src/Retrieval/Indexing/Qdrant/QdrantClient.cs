using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>
/// Qdrant over REST, as far as the index needs it (docs/qdrant.md names the version). Every method throws <see cref="QdrantException"/> when
/// the call failed after its repetitions. Unknown members of a body are ignored by the server, so bodies are written by hand and pinned by
/// recorded traffic.
/// </summary>
internal sealed partial class QdrantClient(IHttpClientFactory http, IOptions<QdrantOptions> options, TimeProvider clock)
{
    private const int LongBody = 1 << 20;   // bytes; shorter bodies are not refused for their length
    private const int MostErrorText = 300;

    /// <summary>Whether the server is told how long it may take. Off only where traffic recorded without it is compared.</summary>
    public bool TellsTime { get; init; } = true;

    private enum NotFound
    {
        Throws,
        IsNull,
    }

    /// <returns>False while it loads its shards.</returns>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        using var reply = await SendAsync(HttpMethod.Get, "readyz", null, QdrantPatience.Search, cancel);
        return reply.IsSuccessStatusCode;
    }

    private async Task<JsonElement?> CallAsync(
        HttpMethod method, string path, Action<Utf8JsonWriter>? body, QdrantPatience patience, NotFound notFound, CancellationToken cancel)
    {
        ReadOnlyMemory<byte>? bytes = null;   // not a conditional: its null would be an empty body, which Qdrant takes for broken JSON
        if (body is not null)
        {
            bytes = Body(body);
        }

        using var reply = await SendAsync(method, path, bytes, patience, cancel);
        var text = await reply.Content.ReadAsByteArrayAsync(cancel);
        if (reply.IsSuccessStatusCode)
        {
            return Result(reply, text);
        }

        // An unknown route is a 404 without a body: then the address is wrong, not the collection.
        if (reply.StatusCode == HttpStatusCode.NotFound && text.Length > 0 && notFound == NotFound.IsNull)
        {
            return null;
        }

        throw Error(reply, text, bytes?.Length ?? 0);
    }

    private async Task<JsonElement> CallAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, QdrantPatience patience, CancellationToken cancel) =>
        (await CallAsync(method, path, body, patience, NotFound.Throws, cancel))!.Value;

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, QdrantPatience patience, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Options.Set(QdrantHttp.Patience, patience);
        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new("application/json") } };
        }

        try
        {
            using var client = http.CreateClient(QdrantHttp.Name);
            return await client.SendAsync(request, cancel);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or ExecutionRejectedException)
        {
            // An open circuit breaker tells only that it is open; what opened it is of more use.
            var why = error is BrokenCircuitException ? error.InnerException?.Message ?? "it failed several times and is left alone for a few seconds" : error.Message;
            throw new QdrantException(QdrantFailure.Unavailable, $"Qdrant at {Address} does not answer: {why}", error);
        }
    }

    private string Address => new Uri(options.Value.Url).GetLeftPart(UriPartial.Authority);

    private JsonElement Result(HttpResponseMessage reply, byte[] text)
    {
        if (reply.Content.Headers.ContentType?.MediaType != "application/json")
        {
            throw new QdrantException(QdrantFailure.Misconfigured, $"What answers at {Address} is not Qdrant: no JSON. Check Storage:Qdrant:Url.");
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetProperty("result").Clone();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new QdrantException(QdrantFailure.Unavailable, $"Qdrant at {Address} gave half an answer.", error);
        }
    }

    private QdrantException Error(HttpResponseMessage reply, byte[] text, int sent)
    {
        var failure = reply.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => QdrantFailure.Denied,
            HttpStatusCode.NotFound when text.Length == 0 => QdrantFailure.Misconfigured,
            HttpStatusCode.NotFound => QdrantFailure.Missing,
            HttpStatusCode.RequestTimeout or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => QdrantFailure.Unavailable,
            HttpStatusCode.TooManyRequests => QdrantHttp.RetryAfter(reply.Headers, clock) is null ? QdrantFailure.TooLarge : QdrantFailure.Busy,
            HttpStatusCode.RequestEntityTooLarge => QdrantFailure.TooLarge,
            HttpStatusCode.BadRequest when sent > LongBody => QdrantFailure.TooLarge,   // over the limit is a 400 here
            >= HttpStatusCode.InternalServerError => QdrantFailure.Broken,
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => QdrantFailure.Misconfigured,
            _ => QdrantFailure.Rejected,
        };
        var status = ((int)reply.StatusCode).ToString(CultureInfo.InvariantCulture);
        return new QdrantException(failure, failure switch
        {
            QdrantFailure.Denied => $"Qdrant refuses the key ({status}). Storage:Qdrant:ApiKey must be its key, with the right to write. {ErrorText(text)}".TrimEnd(),
            QdrantFailure.Misconfigured => $"What answers at {Address} does not know this call ({status}). Check Storage:Qdrant:Url.",
            _ => $"Qdrant answered {status}. {ErrorText(text)}".TrimEnd(),
        });
    }

    /// <summary>The server's sentence; plain text where it is no JSON. Never decides anything.</summary>
    private static string ErrorText(byte[] text)
    {
        string sentence;
        try
        {
            using var document = JsonDocument.Parse(text);
            sentence = document.RootElement.GetProperty("status").GetProperty("error").GetString() ?? "";
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            sentence = System.Text.Encoding.UTF8.GetString(text);
        }

        return sentence.Length > MostErrorText ? sentence[..MostErrorText] + "…" : sentence;
    }

    private static ReadOnlyMemory<byte> Body(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads a reply's members; one that lacks them is half an answer.</summary>
    private static T Read<T>(JsonElement result, Func<JsonElement, T> read)
    {
        try
        {
            return read(result);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new QdrantException(QdrantFailure.Unavailable, "Qdrant gave an answer that lacks what it must hold.", error);
        }
    }

    private static string Collection(string name, string rest = "") => $"collections/{Uri.EscapeDataString(name)}{rest}";

    private string Timeout(char separator, TimeSpan time) => TellsTime
        ? string.Create(CultureInfo.InvariantCulture, $"{separator}timeout={Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, QdrantLimits.MaxTimeoutSeconds)}")
        : "";
}
