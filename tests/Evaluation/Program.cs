using System.Diagnostics;
using Rag.Evaluation;
using Rag.Evaluation.Sets;

// Measures retrieval and answers on test sets and compares with the recorded baseline.
if (Arguments.Parse(args) is not { } arguments)
{
    await Console.Error.WriteLineAsync("Usage: Rag.Evaluation [--short] [--accept] [--cache FOLDER] [--write FILE] [--set Retrieval:NAME=VALUE] [xquad|evidence|tenq|answers|ranker|chunking|cranfield ...]");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var cancel = stop.Token;
var figures = new List<Figure>();
await using var bench = await Workbench.OpenAsync(arguments.CacheFolder, arguments.Settings, cancel);
var xquad = new XQuad(bench, every: arguments.Short ? 2 : 1);
await RunAsync("xquad", () => xquad.RankingAsync(cancel));
await RunAsync("evidence", () => xquad.EvidenceAsync(cancel));
await RunAsync("tenq", () => new TenQ(bench).MeasureAsync(cancel));
if (!arguments.Short)
{
    await RunAsync("answers", () => Answers.MeasureAsync(cancel));
    await RunAsync("ranker", RankedAgainAsync);
    await RunAsync("chunking", () => new Chunking(bench).RankingAsync(cancel));
    if (Cranfield.Folder is { } folder)
    {
        await RunAsync("cranfield", () => new Cranfield(bench, folder).RankingAsync(cancel));
    }
    else
    {
        Console.WriteLine("Cranfield: absent. Set DOCENT_EVAL to a folder that holds cranfield/{docs,queries,qrels}.jsonl.");
    }
}

var baseline = Baseline.Read();
var table = Report.Table(figures, baseline);
Console.WriteLine(table);
if (arguments.WriteTo is { } path)
{
    await File.WriteAllTextAsync(path, await Report.PageAsync(table, cancel), cancel);
}

if (arguments.Accept)
{
    Baseline.Write(figures, baseline);
}

var failed = figures.Count(figure => !baseline.Accepts(figure));
Console.WriteLine($"Total: {figures.Count}, Errors: 0, Failed: {failed}");
return failed == 0 ? 0 : 1;

async Task<IReadOnlyList<Figure>> RankedAgainAsync()
{
    var patient = new Dictionary<string, string?>(arguments.Settings) { ["Retrieval:RerankCandidates"] = "8", ["Retrieval:RerankBudget"] = "00:01:00" };
    await using var second = await Workbench.OpenAsync(null, patient, cancel);
    return await new XQuad(second, every: 1).RankedAgainAsync(cancel);
}

async Task RunAsync(string set, Func<Task<IReadOnlyList<Figure>>> measure)
{
    if (arguments.Sets.Count == 0 || arguments.Sets.Contains(set))
    {
        var clock = Stopwatch.StartNew();
        figures.AddRange(await measure());
        Console.WriteLine($"{set}: {clock.Elapsed.TotalSeconds:F0} s");
    }
}
