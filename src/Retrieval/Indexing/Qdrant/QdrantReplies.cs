using System.Text.Json;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>The payload fields that we store; null where a point lacks one.</summary>
internal sealed record PointPayload(string? Tenant, string? Document, int? Generation, int? Ordinal)
{
    public static PointPayload Read(JsonElement point)
    {
        if (!point.TryGetProperty("payload", out var payload) || payload.ValueKind != JsonValueKind.Object)
        {
            return new PointPayload(null, null, null, null);
        }

        return new PointPayload(Text(payload, "tenant"), Text(payload, "document"), Number(payload, "generation"), Number(payload, "ordinal"));
    }

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}

/// <summary>A point in a list of a search.</summary>
internal sealed record ScoredPoint(PointId Id, double Score, PointPayload Payload)
{
    public static IReadOnlyList<ScoredPoint> ReadList(JsonElement result) => [.. result.GetProperty("points").EnumerateArray().Select(Read)];

    private static ScoredPoint Read(JsonElement point) => new(
        PointId.Read(point.GetProperty("id")),
        point.GetProperty("score") is { ValueKind: JsonValueKind.Number } score
            ? score.GetDouble()
            : throw new JsonException("A score is not a number."),
        PointPayload.Read(point));
}

/// <summary>A page of points in the order of their ids.</summary>
/// <param name="Next">Where the next page begins; null after the last.</param>
internal sealed record ScrollPage(IReadOnlyList<(PointId Id, PointPayload Payload)> Points, PointId? Next)
{
    public static ScrollPage Read(JsonElement result) => new(
        [.. result.GetProperty("points").EnumerateArray().Select(point => (PointId.Read(point.GetProperty("id")), PointPayload.Read(point)))],
        result.GetProperty("next_page_offset") is { ValueKind: not JsonValueKind.Null } next ? PointId.Read(next) : null);
}

/// <summary>How often a value of a field occurs.</summary>
internal sealed record FacetHit(string Value, long Count)
{
    /// <summary>Values whose points are all deleted may still be listed; they are left out.</summary>
    public static IReadOnlyList<FacetHit> ReadList(JsonElement result) => [.. result.GetProperty("hits").EnumerateArray()
        .Select(hit => new FacetHit(hit.GetProperty("value").ToString(), hit.GetProperty("count").GetInt64()))
        .Where(hit => hit.Count > 0)];
}

/// <summary>What a collection says of itself. Its counts are approximate and not read.</summary>
/// <param name="Status">green, yellow, grey or red.</param>
/// <param name="PendingUpdates">Writes accepted but not applied yet; above 0 for a moment after a crash.</param>
/// <param name="Configuration">As the server holds it, defaults included.</param>
/// <param name="PayloadSchema">The payload indexes.</param>
internal sealed record CollectionInfo(string Status, string? Error, long PendingUpdates, JsonElement Configuration, JsonElement PayloadSchema)
{
    public static CollectionInfo Read(JsonElement result) => new(
        result.GetProperty("status").GetString() ?? "",
        result.TryGetProperty("optimizer_status", out var optimizer) && optimizer.ValueKind == JsonValueKind.Object && optimizer.TryGetProperty("error", out var error)
            ? error.GetString() : null,
        result.TryGetProperty("update_queue", out var queue) && queue.TryGetProperty("length", out var length) ? length.GetInt64() : 0,
        result.GetProperty("config").Clone(),
        result.GetProperty("payload_schema").Clone());
}
