using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Tokenizers;
using Rag.Testing;
using Rag.Testing.Pdf;

namespace Rag.Benchmarks;

/// <summary>
/// What a person waits for, measured on the running product over HTTP: start, reading 300 pages (the three 10-Qs and a generated file),
/// quotes, first token, tokens per second, and the memory of server and extractor together.
/// </summary>
internal static class ProductFigures
{
    private const int GeneratedPages = 168;

    private static readonly string[] Questions =
    [
        "How many shares of its common stock did Apple repurchase in the nine months ended July 1, 2023?",
        "What were Apple's total net sales in the quarter?",
        "What did Amazon's AWS segment earn in operating income?",
        "What was NVIDIA's revenue from the Data Center market platform?",
        "Which legal proceedings does Apple describe?",
        "How much cash and cash equivalents does Amazon hold?",
        "What is NVIDIA's share repurchase authorization?",
        "How did foreign currencies affect Apple's gross margin?",
        "What are the maturities of Amazon's long-term debt?",
        "What does NVIDIA say about export controls on its products?",
    ];

    public static async Task RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("docent-bench-").FullName;
        try
        {
            var clock = Stopwatch.StartNew();
            await using var server = await DocentServer.StartAsync(folder);
            Figures.Print("ready after start", clock.Elapsed.TotalSeconds, "s");
            using var watch = new MemoryWatch(server);
            using var owner = await DocentClient.SetUpAsync(server);
            var assistant = await owner.CreateAssistantAsync("Benchmark");
            await IngestAsync(owner, assistant, cancel);
            await AskAsync(owner, assistant, cancel);
            Figures.Print("highest resident size of server and extractor", await watch.StopAsync() / 1e6, "MB");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task IngestAsync(DocentClient owner, Guid assistant, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        foreach (var file in new[] { TestData.Apple, TestData.Amazon, TestData.Nvidia })
        {
            await owner.UploadAsync(assistant, file, await File.ReadAllBytesAsync(TestData.TenQ(file), cancel));
        }

        var filings = await owner.WaitUntilFinalAsync(assistant, TimeSpan.FromMinutes(10), cancel);
        var pages = filings.Sum(file => file.GetProperty("pages").GetInt32());
        Figures.Print($"pages/s end to end, {pages} pages of three 10-Qs", pages / clock.Elapsed.TotalSeconds, "pages/s");

        clock.Restart();
        await owner.UploadAsync(assistant, "generated.pdf", PdfFiles.Text(GeneratedPages));
        await owner.WaitUntilFinalAsync(assistant, TimeSpan.FromMinutes(10), cancel);
        Figures.Print($"pages/s end to end, {GeneratedPages} generated pages", GeneratedPages / clock.Elapsed.TotalSeconds, "pages/s");
    }

    private static async Task AskAsync(DocentClient owner, Guid assistant, CancellationToken cancel)
    {
        var count = TokenCounter();
        List<double> evidence = [], firstToken = [], rate = [];
        foreach (var question in Questions)
        {
            var clock = Stopwatch.StartNew();
            double? quotes = null, first = null;
            var text = "";
            await owner.AskAsync(assistant, question, (name, data) =>
            {
                if (name == "evidence")
                {
                    quotes ??= clock.Elapsed.TotalMilliseconds;
                }
                else if (name == "text")
                {
                    first ??= clock.Elapsed.TotalMilliseconds;
                    text += data.GetProperty("text").GetString();
                }
            }, cancel);
            evidence.Add(quotes ?? throw new InvalidOperationException($"No quotes for: {question}"));
            if (first is { } start && count(text) is > 8 and var tokens)
            {
                firstToken.Add(start);
                rate.Add(tokens / (clock.Elapsed.TotalMilliseconds - start) * 1000);
            }
        }

        PrintSpread("quotes after the question", evidence, "ms");
        PrintSpread("first token of the model after the question", firstToken, "ms");
        PrintSpread("tokens/s while writing (sentence checks included)", rate, "tokens/s");
    }

    private static Func<string, int> TokenCounter()
    {
        var services = Figures.Models(("Inference:LoadAtStart", "false"));
        return services.GetRequiredService<IChatClient>().GetService<ITextTokenCounter>()!.Count;
    }

    private static void PrintSpread(string what, List<double> values, string unit)
    {
        values.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {what}, median (least – most) of {values.Count} | {values[values.Count / 2]:0.#} ({values[0]:0.#} – {values[^1]:0.#}) {unit} |"));
    }
}
