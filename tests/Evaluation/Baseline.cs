using System.Text.Json;

namespace Rag.Evaluation;

/// <summary>The figures of the last accepted run. A figure that is worse by more than the margin fails; better ones are accepted by hand.</summary>
internal sealed class Baseline(IReadOnlyDictionary<string, double> figures)
{
    /// <summary>One point in a hundred and a half: processors differ in the last bits of the models' arithmetic, and a few of 565 questions turn on them.</summary>
    public const double Margin = 0.015;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private IReadOnlyDictionary<string, double> All => figures;

    public double? Of(Figure figure) => figures.TryGetValue(figure.Name, out var value) ? value : null;

    /// <summary>A figure without a baseline is accepted if it meets its bar.</summary>
    public bool Accepts(Figure figure) => Of(figure) is { } before
        ? (figure.LessIsBetter ? figure.Value <= before + Margin : figure.Value >= before - Margin)
        : figure.MeetsBar;

    public static Baseline Read() =>
        new(JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "baseline.json")))!);

    /// <summary>Writes into the source tree, from which the program was built; figures that were not measured stay.</summary>
    public static void Write(IReadOnlyList<Figure> measured, Baseline before)
    {
        var all = new SortedDictionary<string, double>(before.All.ToDictionary(), StringComparer.Ordinal);
        foreach (var figure in measured)
        {
            all[figure.Name] = Math.Round(figure.Value, 4);
        }

        File.WriteAllText(Path.Combine(SourceTree.Root, "tests", "Evaluation", "baseline.json"), JsonSerializer.Serialize(all, Indented) + "\n");
    }
}
