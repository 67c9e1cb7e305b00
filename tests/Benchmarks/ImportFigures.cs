using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Import;

namespace Rag.Benchmarks;

/// <summary>Time and memory of importing a GGUF file of random weights (Q8_0) in the shape of the chat model in the repository.</summary>
internal static class ImportFigures
{
    public static async Task RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("docent-bench-").FullName;
        try
        {
            var gguf = Path.Combine(folder, "random.gguf");
            RandomGguf.Write(gguf);
            await using var services = Figures.Models(("Inference:ModelsFolder", Path.Combine(folder, "models")));
            var importer = services.GetRequiredService<IModelImporter>();
            Console.WriteLine("| what | file | folder | seconds | resident size grew by at most |");
            Console.WriteLine("|---|---|---|---|---|");
            foreach (var bits in new[] { 8, 4 })
            {
                GC.Collect();
                using var stopping = new CancellationTokenSource();
                var before = Environment.WorkingSet;
                var peak = PeakAsync(stopping.Token);
                var watch = Stopwatch.StartNew();
                var model = await importer.ImportAsync(new(gguf, $"random-{bits}", bits), null, cancel);
                var seconds = watch.Elapsed.TotalSeconds;
                await stopping.CancelAsync();
                var grown = (await peak - before) >> 20;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {bits} bits | {new FileInfo(gguf).Length >> 20} MB | {model.Bytes >> 20} MB | {seconds:0.0} | {grown} MB |"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> PeakAsync(CancellationToken stop)
    {
        var highest = 0L;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (await tick.WaitForNextTickAsync(stop))
            {
                highest = Math.Max(highest, Environment.WorkingSet);
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }

        return highest;
    }
}
