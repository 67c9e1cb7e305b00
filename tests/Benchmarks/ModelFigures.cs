using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Scoring;
using Rag.Inference.Tokenizers;

namespace Rag.Benchmarks;

/// <summary>The models by themselves: scoring sentences for a question, and embedding in runs of different sizes.</summary>
internal static class ModelFigures
{
    private const int Repetitions = 7;
    private const string Text =
        "The company depends on component and product manufacturing and logistical services provided by outsourcing partners, many of which are located outside of the United States, " +
        "and a significant concentration of this manufacturing is currently performed by a small number of partners, often in single locations; these partners have also been subject to " +
        "changes in trade policy, natural disasters, public health issues and other disruptions that the company cannot control or foresee. ";

    /// <summary>Time for 8 candidates of about 40 tokens and a question of about 15, alone and while an answer is written.</summary>
    public static async Task ScoreAsync(CancellationToken cancel)
    {
        await using var services = Figures.Models();
        var chat = services.GetRequiredService<IChatClient>();
        var scorer = chat.GetService<IContinuationScorer>()!;
        var counter = chat.GetService<ITextTokenCounter>()!;
        var candidates = Enumerable.Range(0, 8).Select(i => Take(counter, Text[(i * 40)..] + Text, 40) + "\nQuestion:").ToList();
        const string Question = " Which risks arise from the partners that make the products of the company?";
        Print("tokens per candidate, question", candidates.Average(counter.Count), $"and {counter.Count(Question)}");

        await ScoreOnceAsync();
        Print("8 candidates, alone (median, least, most)", await RepeatAsync(ScoreOnceAsync));
        Print("1 candidate, alone", await RepeatAsync(async () => await scorer.ScoreAsync("", candidates[..1], Question, cancel)));

        await foreach (var update in chat.GetStreamingResponseAsync("Tell a long story about the sea.", new() { MaxOutputTokens = 4_000 }, cancel))
        {
            if (update.Text.Length > 0)
            {
                Print("8 candidates while an answer is written", await RepeatAsync(ScoreOnceAsync));
                break;
            }
        }

        async Task ScoreOnceAsync() => await scorer.ScoreAsync("", candidates, Question, cancel);
    }

    /// <summary>Time of one run and texts per second, by the padded tokens of a run and the length of the texts.</summary>
    public static async Task EmbedAsync(CancellationToken cancel)
    {
        int[] budgets = [256, 384, 512, 768, 1_024];
        var rates = budgets.ToDictionary(budget => budget, _ => new List<double>());
        var hosts = budgets.ToDictionary(budget => budget, budget => Figures.Models(("Inference:MaxBatchTokens", budget.ToString(CultureInfo.InvariantCulture))));
        foreach (var length in new[] { 20, 60, 120, 250, 500 })
        {
            foreach (var budget in budgets)
            {
                var generator = hosts[budget].GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
                var text = Take(generator.GetService<ITextTokenCounter>()!, string.Concat(Enumerable.Repeat(Text, 8)), length - 2);
                string[] run = [.. Enumerable.Repeat(text, Math.Max(1, budget / length))];
                await generator.GenerateAsync(run, cancellationToken: cancel);
                var times = await RepeatAsync(async () => await generator.GenerateAsync(run, cancellationToken: cancel));
                Print($"budget {budget,5}, {run.Length,3} texts of {length} tokens", times, $"{run.Length * length * 1_000 / times.Median:0} tokens/s");
            }
        }

        // As ingestion does it: chunks of mixed lengths, 64 at a time. The budgets take turns, so that a slower minute meets all of them.
        var random = new Random(1);
        var counter = hosts[1_024].GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetService<ITextTokenCounter>()!;
        var all = string.Concat(Enumerable.Repeat(Text, 8));
        string[] chunks = [.. Enumerable.Range(0, 64).Select(_ => Take(counter, all, random.Next(30, 256)))];
        double tokens = chunks.Sum(counter.Count);
        for (var i = 0; i < Repetitions; i++)
        {
            foreach (var budget in budgets)
            {
                var watch = Stopwatch.StartNew();
                await hosts[budget].GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateAsync(chunks, cancellationToken: cancel);
                rates[budget].Add(tokens / watch.Elapsed.TotalSeconds);
            }
        }

        foreach (var budget in budgets)
        {
            Print($"64 mixed chunks, budget {budget}", Figures.Median(rates[budget]), "tokens/s (median)");
            await hosts[budget].DisposeAsync();
        }

        await ManyCallersAsync(cancel);
    }

    // The first to come runs alone; the others wait for it together.
    private static async Task ManyCallersAsync(CancellationToken cancel)
    {
        const int callers = 16;
        await using var services = Figures.Models();
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        string[] texts = [.. Enumerable.Range(0, callers).Select(i => $"In its year {1900 + i} the station measured the depth of the bay.")];
        await AtOnceAsync();
        var (shared, single) = (new List<double>(), new List<double>());
        for (var i = 0; i < Repetitions; i++)
        {
            shared.Add(await RateAsync(AtOnceAsync));
            single.Add(await RateAsync(OneByOneAsync));
        }

        Print($"{callers} callers with one short text each at once", Figures.Median(shared), "texts/s (median), shared runs");
        Print("the same texts one after the other", Figures.Median(single), "texts/s (median)");

        async Task AtOnceAsync() => await Task.WhenAll(texts.Select(text => generator.GenerateAsync([text], cancellationToken: cancel)));

        async Task OneByOneAsync()
        {
            foreach (var text in texts)
            {
                await generator.GenerateAsync([text], cancellationToken: cancel);
            }
        }

        async Task<double> RateAsync(Func<Task> work)
        {
            var watch = Stopwatch.StartNew();
            await work();
            return callers / watch.Elapsed.TotalSeconds;
        }
    }

    // The text's beginning with so many tokens, cut at a blank.
    private static string Take(ITextTokenCounter counter, string text, int tokens)
    {
        var words = text.Split(' ');
        var count = Math.Min(words.Length, tokens);
        while (counter.Count(string.Join(' ', words[..count])) > tokens)
        {
            count--;
        }

        return string.Join(' ', words[..count]);
    }

    private static async Task<(double Median, double Least, double Most)> RepeatAsync(Func<Task> work)
    {
        var times = new List<double>();
        for (var i = 0; i < Repetitions; i++)
        {
            var watch = Stopwatch.StartNew();
            await work();
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return (times[times.Count / 2], times[0], times[^1]);
    }

    private static void Print(string what, (double Median, double Least, double Most) times, string more = "") =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {times.Median:0} ms ({times.Least:0} – {times.Most:0} ms) | {more} |"));

    private static void Print(string what, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {value:0.#} | {unit} |"));
}
