using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>A Qdrant in memory, in place of the network: what the whole store is run against.</summary>
internal sealed class FakeQdrant : HttpMessageHandler
{
    private readonly Lock gate = new();

    public Dictionary<string, FakeCollection> Collections { get; } = [];

    public Dictionary<string, string> Aliases { get; } = [];

    /// <summary>Method and path of every request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Asked before each request; an answer stands in for the server's.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Fault { get; set; } = _ => null;

    /// <summary>The collection that the alias points at.</summary>
    public FakeCollection Live => Collections[Assert.Single(Aliases).Value];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        Requests.Enqueue($"{request.Method} {path}");
        if (Fault(request) is { } fault)
        {
            return fault;
        }

        var text = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (gate)
        {
            try
            {
                var wait = QueryHelpers.ParseQuery(request.RequestUri.Query).TryGetValue("wait", out var value) && value == "true";
                var result = Route(request.Method.Method, [.. path.Trim('/').Split('/').Select(Uri.UnescapeDataString)], text is null ? null : JsonNode.Parse(text)!.AsObject(), wait);
                return result is null
                    ? new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new ByteArrayContent([]) }
                    : Reply(HttpStatusCode.OK, new JsonObject { ["result"] = result, ["status"] = "ok", ["time"] = 0.0 });
            }
            catch (FakeQdrantException error)
            {
                return Reply((HttpStatusCode)error.Status, new JsonObject { ["status"] = new JsonObject { ["error"] = error.Message }, ["time"] = 0.0 });
            }
        }
    }

    private static HttpResponseMessage Reply(HttpStatusCode status, JsonObject body) =>
        new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private JsonNode? Route(string method, string[] path, JsonObject? body, bool wait) => (method, path) switch
    {
        ("GET", ["collections"]) => new JsonObject { ["collections"] = new JsonArray([.. Collections.Keys.Order(StringComparer.Ordinal).Select(name => new JsonObject { ["name"] = name })]) },
        ("GET", ["aliases"]) => new JsonObject
        {
            ["aliases"] = new JsonArray([.. Aliases.Select(alias => new JsonObject { ["alias_name"] = alias.Key, ["collection_name"] = alias.Value })]),
        },
        ("POST", ["collections", "aliases"]) => PointAlias(body!),
        ("GET", ["collections", var name]) => Find(name).Info(),
        ("PUT", ["collections", var name]) => Create(name, body!),
        ("DELETE", ["collections", var name]) => Collections.Remove(name),
        ("PUT", ["collections", var name, "index"]) => Updated(Find(name), collection => collection.CreateIndex(body!), wait),
        ("PUT", ["collections", var name, "points"]) => Updated(Find(name), collection => collection.Upsert(body!), wait),
        ("POST", ["collections", var name, "points", "delete"]) => Updated(Find(name), collection => collection.Delete(body!), wait),
        ("POST", ["collections", var name, "points", "query"]) => Find(name).Query(body!),
        ("POST", ["collections", var name, "points", "query", "batch"]) => new JsonArray([.. body!["searches"]!.AsArray().Select(search => Find(name).Query(search!.AsObject()))]),
        ("POST", ["collections", var name, "points", "scroll"]) => Find(name).Scroll(body!),
        ("POST", ["collections", var name, "points", "count"]) => Find(name).CountPoints(body!),
        ("POST", ["collections", var name, "facet"]) => Find(name).Facet(body!),
        _ => null,
    };

    private static JsonObject Updated(FakeCollection collection, Action<FakeCollection> update, bool wait)
    {
        update(collection);
        return new JsonObject { ["operation_id"] = 0, ["status"] = wait ? "completed" : "acknowledged" };
    }

    private FakeCollection Find(string name) => Collections.GetValueOrDefault(Aliases.GetValueOrDefault(name, name))
        ?? throw new FakeQdrantException(404, $"Not found: Collection `{name}` doesn't exist!");

    private JsonValue Create(string name, JsonObject configuration)
    {
        if (!Collections.TryAdd(name, new FakeCollection((JsonObject)configuration.DeepClone())))
        {
            throw new FakeQdrantException(409, $"Wrong input: Collection `{name}` already exists!");
        }

        return JsonValue.Create(true);
    }

    private JsonValue PointAlias(JsonObject body)
    {
        foreach (var action in body["actions"]!.AsArray().Select(action => action!["create_alias"]!))
        {
            var target = (string)action["collection_name"]!;
            Aliases[(string)action["alias_name"]!] = Collections.ContainsKey(target)
                ? target
                : throw new FakeQdrantException(404, $"Not found: Collection `{target}` doesn't exist!");
        }

        return JsonValue.Create(true);
    }
}
