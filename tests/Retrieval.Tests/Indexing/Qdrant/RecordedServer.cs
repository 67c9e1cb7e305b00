using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing.Qdrant;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>Answers every request with one recording's answer, and keeps what was asked.</summary>
internal sealed class RecordedServer(Recording recording) : HttpMessageHandler, IHttpClientFactory
{
    public List<JsonObject> Requests { get; } = [];

    /// <summary>A client that tells the server the time of the recording, or none where that tells none.</summary>
    public QdrantClient Client()
    {
        var told = recording.Query["timeout"] is { } timeout && double.TryParse(timeout.ToString(), out var seconds) ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var options = new QdrantOptions { SearchTimeout = told ?? TimeSpan.FromSeconds(4), WriteTimeout = told ?? TimeSpan.FromSeconds(30) };
        return new QdrantClient(this, Options.Create(options), TimeProvider.System) { TellsTime = told is not null };
    }

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://localhost:6333/") };

    /// <returns>Null when the first request is the recorded one; else what differs.</returns>
    public string? Difference()
    {
        var wanted = new JsonObject
        {
            ["method"] = recording.Method,
            ["path"] = (string)recording.Request["path"]!,
            ["query"] = new JsonObject(recording.Query.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value!.ToString()))),
            ["body"] = recording.Request["body"]?.DeepClone(),
        };
        return Requests.Count == 0 ? "nothing was sent" : Differ(wanted, Requests[0], "$");
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        Requests.Add(new JsonObject
        {
            ["method"] = request.Method.Method,
            ["path"] = Uri.UnescapeDataString(uri.AbsolutePath),
            ["query"] = new JsonObject(QueryHelpers.ParseQuery(uri.Query).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.ToString()))),
            ["body"] = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken)),
        });
        var body = recording.Response["body"];
        var text = body is JsonValue value && value.TryGetValue<string>(out var plain) ? plain : body?.ToJsonString() ?? "";
        var reply = new HttpResponseMessage((HttpStatusCode)recording.Status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        foreach (var (name, header) in recording.Response["headers"]!.AsObject())
        {
            if (name == "content-type")
            {
                reply.Content.Headers.ContentType = MediaTypeHeaderValue.Parse((string)header!);
            }
            else if (name == "retry-after")
            {
                reply.Headers.Add("Retry-After", header!.ToString());
            }
        }

        return reply;
    }

    private static float Single(JsonValue number) => (float)double.Parse(number.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Members in any order, numbers by value as the server reads them (float32), arrays in order.</summary>
    private static string? Differ(JsonNode? wanted, JsonNode? sent, string at) => (wanted, sent) switch
    {
        (null, null) => null,
        (JsonObject a, JsonObject b) => a.Select(pair => pair.Key).Union(b.Select(pair => pair.Key))
            .Select(key => a.ContainsKey(key) == b.ContainsKey(key) ? Differ(a[key], b[key], $"{at}.{key}") : $"{at}.{key} is on one side only").FirstOrDefault(text => text is not null),
        (JsonArray a, JsonArray b) => a.Count != b.Count ? $"{at} has {b.Count} items, not {a.Count}"
            : a.Zip(b).Select((pair, i) => Differ(pair.First, pair.Second, $"{at}[{i}]")).FirstOrDefault(text => text is not null),
        (JsonValue a, JsonValue b) when a.GetValueKind() == b.GetValueKind() && a.GetValueKind() == System.Text.Json.JsonValueKind.Number =>
            a.ToJsonString() == b.ToJsonString() || Single(a) == Single(b) ? null : $"{at} is {b}, not {a}",
        (JsonValue a, JsonValue b) => a.ToJsonString() == b.ToJsonString() ? null : $"{at} is {b}, not {a}",
        _ => $"{at} is {sent?.ToJsonString() ?? "null"}, not {wanted?.ToJsonString() ?? "null"}",
    };
}
