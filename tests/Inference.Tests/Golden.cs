using System.Text.Json;

namespace Rag.Inference.Tests;

/// <summary>Reads the golden data beside the tests.</summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<T> Lines<T>(string file) =>
        [.. File.ReadLines(PathOf(file)).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<T>(line, Json)!)];

    public static T Read<T>(string file) => JsonSerializer.Deserialize<T>(File.ReadAllText(PathOf(file)), Json)!;

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Data", file);
}
