using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference;

namespace Rag.Benchmarks;

/// <summary>What the benchmarks have in common.</summary>
internal static class Figures
{
    /// <summary>The models as the product has them, by these settings.</summary>
    public static ServiceProvider Models(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddLogging()
        .AddInference(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build())
        .BuildServiceProvider();

    /// <summary>The one in the middle; of an even number the higher one.</summary>
    public static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A row of a table.</summary>
    public static void Print(string what, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {value:0.##} {unit} |"));
}
