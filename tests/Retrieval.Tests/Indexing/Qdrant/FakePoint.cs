using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

internal sealed record FakePoint(string Id, float[] Dense, IReadOnlyDictionary<uint, double> Sparse, JsonObject Payload)
{
    public static FakePoint Read(JsonNode? json) => new(
        IdOf(json!["id"]!),
        [.. json["vector"]!["dense"]!.AsArray().Select(value => (float)value!)],
        json["vector"]!["sparse"] is JsonObject sparse ? SparseOf(sparse) : new Dictionary<uint, double>(),
        (JsonObject)json["payload"]!.DeepClone());

    public static string IdOf(JsonNode id) => Guid.TryParse(id.ToString(), out var uuid)
        ? uuid.ToString()
        : throw new FakeQdrantException(400, $"Format error in JSON body: value {id} is not a valid point ID");

    public static IReadOnlyDictionary<uint, double> SparseOf(JsonObject sparse)
    {
        var indices = sparse["indices"]!.AsArray().Select(index => (uint)index!).ToList();
        var values = sparse["values"]!.AsArray().Select(value => (double)value!).ToList();
        return indices.Count == values.Count && indices.Distinct().Count() == indices.Count
            ? indices.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second)
            : throw new FakeQdrantException(422, "Validation error in JSON body: [sparse: must be unique and of equal length]");
    }

    public JsonObject? Chosen(JsonNode? withPayload) => withPayload switch
    {
        JsonArray names => new JsonObject(Payload.Where(member => names.Any(name => (string)name! == member.Key))
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))),
        null => (JsonObject)Payload.DeepClone(),
        { } flag when flag.GetValueKind() == JsonValueKind.True => (JsonObject)Payload.DeepClone(),
        _ => null,
    };
}

/// <summary>Filters as far as they are used: must and must_not; match by value and any; nested.</summary>
internal static class FakeFilter
{
    public static bool Matches(JsonObject? filter, JsonObject payload) => filter is null
        || (List(filter, "must").All(condition => Meets(condition, payload)) && !List(filter, "must_not").Any(condition => Meets(condition, payload)));

    /// <summary>The tests of single fields, nested ones included.</summary>
    public static IEnumerable<JsonObject> Conditions(JsonObject filter) =>
        List(filter, "must").Concat(List(filter, "must_not")).SelectMany(condition => condition["key"] is null ? Conditions(condition) : [condition]);

    private static IEnumerable<JsonObject> List(JsonObject filter, string name)
    {
        if (filter.Select(member => member.Key).FirstOrDefault(key => key is not ("must" or "must_not")) is { } unknown)
        {
            throw new FakeQdrantException(400, $"Format error in JSON body: unknown field `{unknown}`");
        }

        return (filter[name] as JsonArray ?? []).Select(condition => condition!.AsObject());
    }

    private static bool Meets(JsonObject condition, JsonObject payload)
    {
        if (condition["key"] is not { } key)
        {
            return Matches(condition, payload);
        }

        var actual = payload[(string)key!]?.ToJsonString();
        return condition["match"]!["any"] is JsonArray any
            ? any.Any(value => value!.ToJsonString() == actual)
            : condition["match"]!["value"]!.ToJsonString() == actual;
    }
}
