using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>How our collections are made, and whether one that is there was made so. What we misspell the server ignores, so it is read back.</summary>
internal static class QdrantSchema
{
    /// <summary>Changes with anything that stored points depend on: term hashes, passage weights, payload.</summary>
    public const int Version = 1;

    public const string Tenant = "tenant";
    public const string Document = "document";
    public const string Generation = "generation";
    public const string Ordinal = "ordinal";

    /// <summary>The payload fields of a point, all of them.</summary>
    public static readonly IReadOnlyList<string> Fields = [Tenant, Document, Generation, Ordinal];

    /// <summary>Made right after the collection and before its first point: the graph's links inside a tenant need them.</summary>
    public static IReadOnlyList<(string Field, JsonNode Schema)> Indexes =>
    [
        (Tenant, new JsonObject { ["type"] = "keyword", ["is_tenant"] = true }),
        (Document, JsonValue.Create("keyword")),
        (Generation, JsonValue.Create("integer")),
    ];

    /// <summary>No sparse modifier: the server's IDF spans all tenants, ours comes with the query.</summary>
    public static JsonObject Collection(EmbedderName embedder) => new()
    {
        ["vectors"] = new JsonObject
        {
            ["dense"] = new JsonObject
            {
                ["size"] = embedder.Dimensions,
                ["distance"] = "Cosine",
                ["on_disk"] = true,
                ["quantization_config"] = new JsonObject
                {
                    ["scalar"] = new JsonObject { ["type"] = "int8", ["quantile"] = 0.99, ["always_ram"] = true },
                },
            },
        },
        ["sparse_vectors"] = new JsonObject { ["sparse"] = new JsonObject { ["index"] = new JsonObject { ["on_disk"] = false } } },
        ["hnsw_config"] = new JsonObject { ["m"] = 16, ["payload_m"] = 16, ["ef_construct"] = 100, ["on_disk"] = false },
        ["optimizers_config"] = new JsonObject { ["default_segment_number"] = 2 },
        ["on_disk_payload"] = true,
        ["strict_mode_config"] = StrictMode(),
        ["metadata"] = new JsonObject { ["embedder"] = embedder.Model, ["dimensions"] = embedder.Dimensions, ["schema"] = Version },
    };

    /// <summary>The embedder whose vectors a collection holds; null when it is none of ours or of another schema.</summary>
    public static EmbedderName? EmbedderOf(CollectionInfo info) =>
        info.Configuration.TryGetProperty("metadata", out var metadata)
        && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty("embedder", out var model) && model.ValueKind == JsonValueKind.String
        && metadata.TryGetProperty("dimensions", out var dimensions) && dimensions.TryGetInt32(out var size)
        && metadata.TryGetProperty("schema", out var schema) && schema.TryGetInt32(out var version) && version == Version
            ? new EmbedderName(model.GetString()!, size)
            : null;

    /// <returns>What is not as it must be, in words; null when all is well.</returns>
    public static string? Mismatch(CollectionInfo info, EmbedderName embedder)
    {
        if (EmbedderOf(info) != embedder)
        {
            return $"its metadata does not name the embedding model '{embedder}' and schema {Version}";
        }

        var parameters = info.Configuration.GetProperty("params");
        if (!TryGet(parameters, out var dense, "vectors", "dense") || !dense.TryGetProperty("size", out var size) || size.GetInt32() != embedder.Dimensions)
        {
            return $"it has no vector 'dense' of {embedder.Dimensions} dimensions";
        }

        if (dense.GetProperty("distance").GetString() != "Cosine")
        {
            return "its vectors are not compared by Cosine";
        }

        if (!TryGet(parameters, out var sparse, "sparse_vectors", "sparse"))
        {
            return "it has no sparse vector 'sparse'";
        }

        if (sparse.TryGetProperty("modifier", out var modifier) && modifier.ValueKind == JsonValueKind.String && modifier.GetString() != "none")
        {
            return $"its sparse vector has the modifier '{modifier.GetString()}', which would mix tenants";
        }

        return StrictModeMismatch(info) ?? IndexMismatch(info);
    }

    /// <returns>The type of an index other than ours on one of our fields, or none at all where it must stand.</returns>
    public static string? IndexMismatch(CollectionInfo info)
    {
        foreach (var (field, schema) in Indexes)
        {
            var type = schema is JsonObject detailed ? detailed["type"]!.GetValue<string>() : schema.GetValue<string>();
            if (!info.PayloadSchema.TryGetProperty(field, out var found) || found.GetProperty("data_type").GetString() != type)
            {
                return $"its field '{field}' has no payload index of type {type}";
            }

            if (schema is JsonObject && !(TryGet(found, out var tenant, "params", "is_tenant") && tenant.ValueKind == JsonValueKind.True))
            {
                return $"the index of its field '{field}' is not marked as the tenant's";
            }
        }

        return null;
    }

    public static JsonObject Payload(string tenant, string document, int generation, int ordinal) =>
        new() { [Tenant] = tenant, [Document] = document, [Generation] = generation, [Ordinal] = ordinal };

    private static JsonObject StrictMode() => new()
    {
        ["enabled"] = true,
        ["unindexed_filtering_retrieve"] = false,   // a missing index is an error, not a slow search
        ["unindexed_filtering_update"] = false,
        ["max_query_limit"] = QdrantLimits.MaxQueryLimit,
        ["max_timeout"] = QdrantLimits.MaxTimeoutSeconds,
        ["upsert_max_batchsize"] = QdrantLimits.MaxBatchPoints,
        ["filter_max_conditions"] = QdrantLimits.MaxConditions,
        ["condition_max_size"] = QdrantLimits.MaxConditionSize,
        ["max_disk_usage_percent"] = 95,
    };

    private static string? StrictModeMismatch(CollectionInfo info)
    {
        if (!info.Configuration.TryGetProperty("strict_mode_config", out var found) || found.ValueKind != JsonValueKind.Object)
        {
            return "it has no strict mode";
        }

        foreach (var (name, value) in StrictMode())
        {
            if (!found.TryGetProperty(name, out var actual) || actual.GetRawText() != value!.ToJsonString())
            {
                return $"its strict mode has not {name} = {value!.ToJsonString()}";
            }
        }

        return found.TryGetProperty("search_allow_exact", out var exact) && exact.ValueKind == JsonValueKind.False
            ? "its strict mode forbids exact counts"
            : null;
    }

    private static bool TryGet(JsonElement json, out JsonElement value, params ReadOnlySpan<string> path)
    {
        value = json;
        foreach (var name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return false;
            }
        }

        return true;
    }
}
