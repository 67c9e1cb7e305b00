using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Rag.Evaluation;

/// <summary>The figures as a Markdown table.</summary>
internal static class Report
{
    public static string Table(IReadOnlyList<Figure> figures, Baseline baseline)
    {
        var table = new StringBuilder("| figure | measured | bar | accepted before | |\n|---|---|---|---|---|\n");
        foreach (var figure in figures)
        {
            var verdict = !baseline.Accepts(figure) ? "**worse**" : figure.MeetsBar ? "" : "below the bar";
            table.Append(CultureInfo.InvariantCulture, $"| {figure.Name} | {figure.Value:0.000} | {Bar(figure)} | {baseline.Of(figure):0.000} | {verdict} |\n");
        }

        return table.ToString();
    }

    public static async Task<string> PageAsync(string table, CancellationToken cancel) => $"""
        # Evaluation

        Written by `./eng/eval`, at commit {await CommitAsync(cancel)}. A figure that is worse than the one accepted before by more than {Baseline.Margin} fails the run;
        what each set is and how it is measured stands in `tests/Evaluation/Sets`. Shares are from 0 to 1.

        {table}
        """;

    private static string Bar(Figure figure) => figure.Bar is { } bar ? string.Create(CultureInfo.InvariantCulture, $"{(figure.LessIsBetter ? "≤" : "≥")} {bar:0.000}") : "";

    private static async Task<string> CommitAsync(CancellationToken cancel)
    {
        var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty=, with changes"]) { RedirectStandardOutput = true, WorkingDirectory = SourceTree.Root });
        return git is null ? "unknown" : (await git.StandardOutput.ReadToEndAsync(cancel)).Trim();
    }
}
