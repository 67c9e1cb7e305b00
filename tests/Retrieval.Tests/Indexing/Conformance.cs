using System.Text.Json.Nodes;

namespace Rag.Retrieval.Tests.Indexing;

/// <summary>60 points and what a real server answered to 32 queries (Data/qdrant/README.md).</summary>
internal static class Conformance
{
    public static JsonObject Data { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "qdrant", "conformance.json")))!.AsObject();

    public static IReadOnlyList<JsonObject> Queries { get; } = [.. Data["queries"]!.AsArray().Select(query => query!.AsObject())];

    public static JsonObject Query(string name) => Queries.Single(query => (string)query["name"]! == name);

    public static string? Tenant(JsonObject query) =>
        (string?)(query["request"]!["filter"]?["must"] as JsonArray)?.FirstOrDefault(condition => (string?)condition!["key"] == "tenant")?["match"]!["value"];

    /// <summary>
    /// Scores position by position within the tolerance (relative above 1); ids as sets inside one number of tie; if the limit cuts the last
    /// tie, any id that is tied beyond the cut may stand in it.
    /// </summary>
    public static void AssertHits(JsonArray expected, IReadOnlyList<(string Id, double Score)> actual, JsonArray? tiedBeyondCut = null)
    {
        var tolerance = (double)Data["score_tolerance"]!;
        Assert.Equal(expected.Count, actual.Count);
        foreach (var ((_, score), wanted) in actual.Zip(expected))
        {
            var number = (double)wanted!["score"]!;
            Assert.InRange(score, number - (tolerance * Math.Max(1, Math.Abs(number))), number + (tolerance * Math.Max(1, Math.Abs(number))));
        }

        var at = 0;
        foreach (var tie in expected.GroupBy(hit => hit!["tie"] is { } number ? (int)number : at++ - 1_000_000))   // lists alone have no ties
        {
            var allowed = tie.Select(hit => (string)hit!["id"]!).ToHashSet();
            var positions = Enumerable.Range(0, expected.Count).Where(i => tie.Contains(expected[i])).ToList();
            if (positions[^1] == expected.Count - 1)
            {
                allowed.UnionWith((tiedBeyondCut ?? []).Select(id => (string)id!));
            }

            var found = positions.ConvertAll(i => actual[i].Id);
            Assert.All(found, id => Assert.Contains(id, allowed));
            Assert.Equal(found.Count, found.Distinct().Count());
        }
    }
}
