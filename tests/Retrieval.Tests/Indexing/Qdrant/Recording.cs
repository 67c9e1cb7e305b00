using System.Text.Json.Nodes;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>One exchange with a real server.</summary>
internal sealed record Recording(string Id, JsonObject Request, JsonObject Response)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "qdrant");

    public string Method => (string)Request["method"]!;

    public string[] Route => ((string)Request["path"]!).Trim('/').Split('/');

    public JsonObject Query => Request["query"]!.AsObject();

    public JsonObject? Body => Request["body"] as JsonObject;

    public int Status => (int)Response["status"]!;

    public static IReadOnlyList<Recording> All { get; } = [.. Directory.EnumerateFiles(Path.Combine(Folder, "recordings"), "*.json")
        .Order(StringComparer.Ordinal)
        .Select(file => (File: file, Json: JsonNode.Parse(File.ReadAllText(file))!))
        .Select(item => new Recording(Path.GetFileNameWithoutExtension(item.File), item.Json["request"]!.AsObject(), item.Json["response"]!.AsObject()))];

    /// <summary>Recording, class (Sent, Reply, Never), and for errors the failure it becomes, or the reason it is never sent.</summary>
    public static IReadOnlyDictionary<string, (string Class, string Outcome, string Reason)> Classes { get; } =
        File.ReadLines(Path.Combine(Folder, "classes.tsv")).Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => (parts[1], parts[2], parts[3]));

    public static Recording Find(string name) => All.Single(recording => recording.Id[4..] == name);
}
