using System.Numerics.Tensors;
using System.Text.Json.Nodes;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>What a real server refuses; becomes its status and sentence.</summary>
internal sealed class FakeQdrantException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>A collection in memory that ranks, filters and counts as Qdrant 1.18 does; <c>ConformanceTests</c> holds it to recorded rankings.</summary>
internal sealed class FakeCollection(JsonObject configuration)
{
    private readonly SortedDictionary<string, FakePoint> points = new(StringComparer.Ordinal);

    public JsonObject Configuration { get; } = configuration;

    public JsonObject PayloadSchema { get; } = [];

    public int PendingUpdates { get; set; }

    public int Count => points.Count;

    public IEnumerable<JsonObject> Payloads => points.Values.Select(point => point.Payload);

    public void Clear() => points.Clear();

    public void Remove(Func<JsonObject, bool> which)
    {
        foreach (var id in points.Where(point => which(point.Value.Payload)).Select(point => point.Key).ToList())
        {
            points.Remove(id);
        }
    }

    public JsonObject Info() => new()
    {
        ["status"] = "green",
        ["optimizer_status"] = "ok",
        ["points_count"] = points.Count,
        ["config"] = new JsonObject
        {
            ["params"] = new JsonObject
            {
                ["vectors"] = Configuration["vectors"]!.DeepClone(),
                ["sparse_vectors"] = Configuration["sparse_vectors"]?.DeepClone(),
                ["on_disk_payload"] = true,
            },
            ["hnsw_config"] = Configuration["hnsw_config"]?.DeepClone(),
            ["strict_mode_config"] = Configuration["strict_mode_config"]?.DeepClone(),
            ["metadata"] = Configuration["metadata"]?.DeepClone(),
        },
        ["payload_schema"] = PayloadSchema.DeepClone(),
        ["update_queue"] = new JsonObject { ["length"] = PendingUpdates },
    };

    public void CreateIndex(JsonObject body)
    {
        var schema = body["field_schema"]!;
        PayloadSchema[(string)body["field_name"]!] = schema is JsonObject detailed
            ? new JsonObject { ["data_type"] = (string)detailed["type"]!, ["params"] = detailed.DeepClone(), ["points"] = points.Count }
            : new JsonObject { ["data_type"] = (string)schema!, ["points"] = points.Count };
    }

    public void Upsert(JsonObject body)
    {
        var batch = body["points"]!.AsArray();
        if (batch.Count == 0)
        {
            throw new FakeQdrantException(400, "Bad request: Empty update request");
        }

        Limit("upsert_max_batchsize", batch.Count);
        var size = (int)Configuration["vectors"]!["dense"]!["size"]!;
        foreach (var point in batch.Select(FakePoint.Read).ToList())   // one bad point, and nothing is stored
        {
            if (point.Dense.Length != size)
            {
                throw new FakeQdrantException(400, $"Wrong input: Vector dimension error: expected dim: {size}, got {point.Dense.Length}");
            }

            points[point.Id] = point;
        }
    }

    public void Delete(JsonObject body)
    {
        if (body["points"] is JsonArray ids)
        {
            if (ids.Count == 0)
            {
                throw new FakeQdrantException(400, "Bad request: Empty update request");
            }

            foreach (var id in ids)
            {
                points.Remove(FakePoint.IdOf(id!));
            }

            return;
        }

        var filter = body["filter"]!.AsObject();
        RequireIndexes(filter);
        foreach (var point in points.Values.Where(point => FakeFilter.Matches(filter, point.Payload)).ToList())
        {
            points.Remove(point.Id);
        }
    }

    public JsonObject Query(JsonObject request) => new() { ["points"] = new JsonArray([.. Rank(request, null).Select(hit => Hit(hit, request["with_payload"]))]) };

    public JsonObject Scroll(JsonObject request)
    {
        var limit = (int?)request["limit"] ?? 10;
        Limit("max_query_limit", limit);
        var from = request["offset"] is { } offset ? FakePoint.IdOf(offset) : "";
        var page = Matching(request["filter"]).Where(point => string.CompareOrdinal(point.Id, from) >= 0).Take(limit + 1).ToList();
        return new JsonObject
        {
            ["points"] = new JsonArray([.. page.Take(limit).Select(point => new JsonObject { ["id"] = point.Id, ["payload"] = point.Chosen(request["with_payload"]) })]),
            ["next_page_offset"] = page.Count > limit ? page[limit].Id : null,
        };
    }

    public JsonObject CountPoints(JsonObject request) => new() { ["count"] = Matching(request["filter"]).Count() };

    public JsonObject Facet(JsonObject request)
    {
        var key = (string)request["key"]!;
        Limit("max_query_limit", (int?)request["limit"] ?? 10);
        var hits = Matching(request["filter"]).Where(point => point.Payload[key] is not null)
            .GroupBy(point => point.Payload[key]!.ToJsonString())
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take((int?)request["limit"] ?? 10);
        return new JsonObject
        {
            ["hits"] = new JsonArray([.. hits.Select(group => new JsonObject { ["value"] = JsonNode.Parse(group.Key), ["count"] = group.Count() })]),
        };
    }

    private static JsonObject Hit((FakePoint Point, double Score) hit, JsonNode? withPayload)
    {
        var json = new JsonObject { ["id"] = hit.Point.Id, ["version"] = 0, ["score"] = hit.Score };
        if (withPayload is not null)
        {
            json["payload"] = hit.Point.Chosen(withPayload);
        }

        return json;
    }

    private IEnumerable<FakePoint> Matching(JsonNode? filter)
    {
        RequireIndexes(filter);
        return points.Values.Where(point => FakeFilter.Matches(filter as JsonObject, point.Payload));
    }

    private List<(FakePoint Point, double Score)> Rank(JsonObject request, JsonNode? outerFilter)
    {
        var limit = (int?)request["limit"] ?? 10;
        var offset = (int?)request["offset"] ?? 0;
        Limit("max_query_limit", limit);
        IEnumerable<(FakePoint Point, double Score)> ranked;
        if (request["prefetch"] is JsonArray prefetch)
        {
            ranked = Fuse(request["query"]!.AsObject(), [.. prefetch.Select(inner => Rank(inner!.AsObject(), request["filter"]))]);
        }
        else
        {
            var candidates = Matching(outerFilter).Intersect(Matching(request["filter"])).ToList();
            ranked = (string)request["using"]! == "dense"
                ? Dense(request["query"]!.AsArray(), candidates)
                : Sparse(request["query"]!.AsObject(), candidates);
        }

        var threshold = (double?)request["score_threshold"] ?? double.MinValue;
        return [.. ranked.Where(hit => hit.Score >= threshold).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Point.Id, StringComparer.Ordinal).Skip(offset).Take(limit)];
    }

    private IEnumerable<(FakePoint Point, double Score)> Dense(JsonArray query, List<FakePoint> candidates)
    {
        var vector = query.Select(value => (float)value!).ToArray();
        if (vector.Length != (int)Configuration["vectors"]!["dense"]!["size"]!)
        {
            throw new FakeQdrantException(400, "Wrong input: Vector dimension error");
        }

        return candidates.Select(point => (point, (double)TensorPrimitives.CosineSimilarity<float>(point.Dense, vector)));
    }

    private IEnumerable<(FakePoint Point, double Score)> Sparse(JsonObject query, List<FakePoint> candidates)
    {
        var idf = (string?)Configuration["sparse_vectors"]!["sparse"]!["modifier"] == "idf";
        var (terms, count) = (FakePoint.SparseOf(query), points.Values.Count(point => point.Sparse.Count > 0));
        var weights = terms.ToDictionary(term => term.Key, term => idf ? term.Value * Idf(count, points.Values.Count(point => point.Sparse.ContainsKey(term.Key))) : term.Value);
        return candidates.Where(point => point.Sparse.Keys.Any(weights.ContainsKey))
            .Select(point => (point, weights.Sum(term => term.Value * point.Sparse.GetValueOrDefault(term.Key))));
    }

    private static double Idf(int count, int frequency) => Math.Log(((count - frequency + 0.5) / (frequency + 0.5)) + 1);

    private static IEnumerable<(FakePoint Point, double Score)> Fuse(JsonObject query, List<List<(FakePoint Point, double Score)>> lists)
    {
        var k = (double?)(query["rrf"] as JsonObject)?["k"] ?? 2;
        var weights = ((query["rrf"] as JsonObject)?["weights"] as JsonArray)?.Select(weight => (double)weight!).ToList();
        var scores = new Dictionary<FakePoint, double>();
        for (var i = 0; i < lists.Count; i++)
        {
            for (var rank = 0; rank < lists[i].Count; rank++)
            {
                var point = lists[i][rank].Point;
                scores[point] = scores.GetValueOrDefault(point) + (1 / (((rank + 1) / (weights?[i] ?? 1)) + k - 1));
            }
        }

        return scores.Select(pair => (pair.Key, pair.Value));
    }

    private void Limit(string name, int value)
    {
        if (Strict(name) is { } most && value > (int)most)
        {
            throw new FakeQdrantException(400, $"Bad request: Limit exceeded {value} > {most} for \"{name}\"");
        }
    }

    private JsonNode? Strict(string name) => Configuration["strict_mode_config"] is JsonObject strict && (bool?)strict["enabled"] == true ? strict[name] : null;

    private void RequireIndexes(JsonNode? filter)
    {
        if (filter is not JsonObject conditions || Strict("unindexed_filtering_retrieve") is not { } allowed || (bool)allowed)
        {
            return;
        }

        var tested = FakeFilter.Conditions(conditions).ToList();
        if (tested.Count > (int)Strict("filter_max_conditions")!)
        {
            throw new FakeQdrantException(400, "Bad request: Filter condition limit reached");
        }

        foreach (var condition in tested)
        {
            if (PayloadSchema[(string)condition["key"]!] is null)
            {
                throw new FakeQdrantException(400, $"Bad request: Index required but not found for \"{condition["key"]}\"");
            }

            if (condition["match"]!["any"] is JsonArray any && any.Count > (int)Strict("condition_max_size")!)
            {
                throw new FakeQdrantException(400, "Bad request: Condition size");
            }
        }
    }
}
