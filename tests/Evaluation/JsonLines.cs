using System.Text.Json;

namespace Rag.Evaluation;

internal static class JsonLines
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<T> Read<T>(string path) =>
        [.. File.ReadLines(path).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<T>(line, Options)!)];

    /// <summary>A file that comes with the harness.</summary>
    public static string Data(params string[] names) => Path.Combine([AppContext.BaseDirectory, "Data", .. names]);
}
