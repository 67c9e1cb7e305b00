using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Qdrant;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>
/// Makes the call of the client that a recorded request belongs to, with the recording's own arguments where it has them in a form that
/// the client can take. What comes back is put into words, so that it can be compared with the recorded answer.
/// </summary>
internal static class RecordedCalls
{
    private static readonly QdrantFilter AnyFilter = QdrantFilter.Of(QdrantCondition.Is("tenant", "acme"));

    /// <summary>Calls with the recording's arguments; those that the client has no form for are replaced by others.</summary>
    /// <returns>What the client read; null where the client has no such call.</returns>
    public static async Task<string?> CallAsync(QdrantClient client, Recording recording)
    {
        var (method, path, body) = (recording.Method, recording.Route, recording.Body);
        switch (method, path)
        {
            case ("GET", ["readyz"]):
                return (await client.IsReadyAsync(Cancel)).ToString();
            case ("GET", ["collections"]):
                return string.Join(',', await client.ListCollectionsAsync(Cancel));
            case ("GET", ["aliases"]):
                return await client.FindAliasAsync("live", Cancel) ?? "";
            case ("GET", ["collections", var name]):
                return await client.FindCollectionAsync(name, Cancel) is { } info ? $"{info.Status} {info.PendingUpdates}" : "none";
            case ("PUT", ["collections", var name]):
                return (await client.CreateCollectionAsync(name, QdrantSchema.Collection(new EmbedderName("all-MiniLM-L6-v2", 384)), Cancel)).ToString();
            case ("DELETE", ["collections", var name]):
                return (await client.DeleteCollectionAsync(name, Cancel)).ToString();
            case ("PUT", ["collections", var name, "index"]):
                var (field, schema) = QdrantSchema.Indexes.FirstOrDefault(index => index.Field == (string)body!["field_name"]!, QdrantSchema.Indexes[0]);
                await client.CreateIndexAsync(name, field, schema, Cancel);
                return "done";
            case ("POST", ["collections", "aliases"]):
                var action = body!["actions"]!.AsArray().Select(item => item!["create_alias"]).FirstOrDefault(item => item is not null);
                await client.PointAliasAsync((string?)action?["alias_name"] ?? "live", (string?)action?["collection_name"] ?? "passages", Cancel);
                return "done";
            case ("PUT", ["collections", var name, "points"]):
                await client.UpsertAsync(name, Points(body), Cancel);
                return "done";
            case ("POST", ["collections", var name, "points", "delete"]):
                await (body!["points"] is JsonArray { Count: > 0 } ids && ids.Select(Id).ToList() is var parsed && parsed.TrueForAll(id => id is not null)
                    ? client.DeleteAsync(name, [.. parsed.Select(id => id!.Value)], Cancel)
                    : client.DeleteAsync(name, Filter(body["filter"]) ?? AnyFilter, Cancel));
                return "done";
            case ("POST", ["collections", var name, "points", "query"]):
                return Words(await client.QueryAsync(name, Search(body), Cancel));
            case ("POST", ["collections", var name, "points", "query", "batch"]):
                return string.Join('|', (await client.QueryAsync(name, [.. body!["searches"]!.AsArray().Select(search => Search(search!.AsObject()))], Cancel)).Select(Words));
            case ("POST", ["collections", var name, "points", "scroll"]):
                var payload = (body!["with_payload"] as JsonArray ?? []).Select(field => (string)field!).ToList();
                var page = await client.ScrollAsync(name, Filter(body["filter"]) ?? AnyFilter, (int?)body["limit"] ?? 10, Id(body["offset"]), payload, Cancel);
                return string.Join(',', page.Points.Select(point => point.Id)) + ">" + page.Next;
            case ("POST", ["collections", var name, "points", "count"]):
                return (await client.CountAsync(name, Filter(body!["filter"]), Cancel)).ToString(CultureInfo.InvariantCulture);
            case ("POST", ["collections", var name, "facet"]):
                return string.Join(',', (await client.FacetAsync(name, (string)body!["key"]!, Filter(body["filter"]), (int?)body["limit"] ?? 10, Cancel)).Select(hit => $"{hit.Value}={hit.Count}"));
            default:
                // A refusal reads the same whatever was asked.
                return recording.Status >= 400 ? (await client.CountAsync("passages", AnyFilter, Cancel)).ToString(CultureInfo.InvariantCulture) : null;
        }
    }

    /// <summary>The same words from the recorded answer itself.</summary>
    public static string Words(Recording recording)
    {
        var result = (recording.Response["body"] as JsonObject)?["result"];
        return (recording.Method, recording.Route) switch
        {
            ("GET", ["readyz"]) => "True",
            ("GET", ["collections"]) => string.Join(',', result!["collections"]!.AsArray().Select(item => (string)item!["name"]!)),
            ("GET", ["aliases"]) => result!["aliases"]!.AsArray().Select(item => (string)item!["collection_name"]!).FirstOrDefault() ?? "",
            ("GET", ["collections", _]) => recording.Status == 404 ? "none" : $"{result!["status"]} {result["update_queue"]!["length"]}",
            ("PUT", ["collections", _]) or ("DELETE", ["collections", _]) => ((bool)result!).ToString(),
            ("POST", ["collections", _, "points", "query"]) => Words(result!),
            ("POST", ["collections", _, "points", "query", "batch"]) => string.Join('|', result!.AsArray().Select(list => Words(list!))),
            ("POST", ["collections", _, "points", "scroll"]) => string.Join(',', result!["points"]!.AsArray().Select(point => point!["id"]!.ToString())) + ">" + result["next_page_offset"],
            ("POST", ["collections", _, "points", "count"]) => result!["count"]!.ToString(),
            ("POST", ["collections", _, "facet"]) => string.Join(',', result!["hits"]!.AsArray().Where(hit => (int)hit!["count"]! > 0).Select(hit => $"{hit!["value"]}={hit["count"]}")),
            _ => "done",
        };
    }

    public static QdrantFilter? Filter(JsonNode? json)
    {
        if (json is not JsonObject filter || filter["must"] is not JsonArray { Count: > 0 } must || filter.Any(member => member.Key is not ("must" or "must_not")))
        {
            return null;
        }

        var conditions = must.Select(Condition).ToList();
        var not = (filter["must_not"] as JsonArray ?? []).Select(Condition).ToList();
        if (conditions.Concat(not).Any(condition => condition is null))
        {
            return null;
        }

        var built = QdrantFilter.Of(conditions[0]!, [.. conditions.Skip(1).Select(condition => condition!)]);
        return not.Count > 0 ? built.Without([.. not.Select(condition => condition!)]) : built;
    }

    public static QdrantSearch Search(JsonObject? body)
    {
        var filter = Filter(body?["filter"]) ?? AnyFilter;
        var limit = (int?)body?["limit"] ?? 10;
        var payload = (body?["with_payload"] as JsonArray ?? []).Select(field => (string)field!).ToList();
        var parameters = body?["params"] is JsonObject p
            ? new QdrantSearchParams((int?)p["hnsw_ef"], (bool?)p["quantization"]?["rescore"], (double?)p["quantization"]?["oversampling"])
            : null;
        var search = body?["query"] is JsonObject sparse && sparse["indices"] is JsonArray indices && sparse["values"] is JsonArray values && indices.All(IsIndex)
            ? QdrantSearch.ByTerms(new SparseVector([.. indices.Select(index => (uint)index!)], [.. values.Select(value => (float)value!)]), filter, limit, payload)
            : QdrantSearch.ByVector(
                body?["query"] is JsonArray dense ? dense.Select(value => (float)value!).ToArray() : new float[8], filter, limit, parameters, payload);
        return search with { ScoreThreshold = (double?)body?["score_threshold"], Offset = (int?)body?["offset"] };
    }

    private static string Words(IReadOnlyList<ScoredPoint> points) => string.Join(',', points.Select(point => $"{point.Id}:{point.Score.ToString("R", CultureInfo.InvariantCulture)}"));

    private static string Words(JsonNode list) =>
        string.Join(',', list["points"]!.AsArray().Select(point => $"{point!["id"]}:{((double)point["score"]!).ToString("R", CultureInfo.InvariantCulture)}"));

    private static bool IsIndex(JsonNode? index) => uint.TryParse(index!.ToJsonString(), CultureInfo.InvariantCulture, out _);

    private static QdrantCondition? Condition(JsonNode? json) => json switch
    {
        JsonObject test when test.Count == 2 && test["key"] is { } key && test["match"] is JsonObject { Count: 1 } match => match["any"] is JsonArray any
            ? any.Count > 0 && any.All(value => value!.GetValueKind() == JsonValueKind.String) ? QdrantCondition.IsAny((string)key!, [.. any.Select(value => (string)value!)]) : null
            : match["value"]?.GetValueKind() switch
            {
                JsonValueKind.String => QdrantCondition.Is((string)key!, (string)match["value"]!),
                JsonValueKind.Number => QdrantCondition.Is((string)key!, (long)match["value"]!),
                _ => null,
            },
        JsonObject nested when Filter(nested) is { } filter => QdrantCondition.All(filter),
        _ => null,
    };

    private static PointId? Id(JsonNode? json) => json?.GetValueKind() switch
    {
        JsonValueKind.String when Guid.TryParse((string)json!, out var uuid) => new PointId(uuid),
        JsonValueKind.Number when ulong.TryParse(json.ToJsonString(), CultureInfo.InvariantCulture, out var number) => new PointId(number),
        _ => null,
    };

    private static List<QdrantPoint> Points(JsonObject? body)
    {
        var points = new List<QdrantPoint>();
        foreach (var point in body?["points"] as JsonArray ?? [])
        {
            if (Id(point!["id"]) is { } id && point["vector"] is JsonObject vector && vector["dense"] is JsonArray dense && dense.All(value => value is not null)
                && point["payload"] is JsonObject payload)
            {
                var sparse = vector["sparse"] is JsonObject weights
                    ? new SparseVector([.. weights["indices"]!.AsArray().Select(index => (uint)index!)], [.. weights["values"]!.AsArray().Select(value => (float)value!)])
                    : null;
                points.Add(new QdrantPoint(id, dense.Select(value => (float)value!).ToArray(), sparse, (JsonObject)payload.DeepClone()));
            }
        }

        return points.Count > 0 ? points : [new QdrantPoint(new PointId(1), new float[8], null, new JsonObject { ["tenant"] = "acme" })];
    }
}
