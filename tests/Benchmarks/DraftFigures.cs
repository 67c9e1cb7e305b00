using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference;
using Rag.Inference.Chat;
using Rag.Inference.Runtime;

namespace Rag.Benchmarks;

/// <summary>What guessing the words of the passages brings where an answer quotes, and costs where it does not. With and without take turns, prompt by prompt.</summary>
internal static class DraftFigures
{
    private const int Rounds = 5, Written = 80;

    public static async Task RunAsync(CancellationToken cancel)
    {
        await using var with = Host(true);
        await using var without = Host(false);
        await AnswerAsync(with, DraftPrompts.Quoting[0], 1, cancel);   // warms up
        await AnswerAsync(without, DraftPrompts.Quoting[0], 1, cancel);
        Console.WriteLine("| prompts | penalty | tokens/s with guesses | without | ratio | tokens per run with guesses |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var penalty in new[] { 1f, 1.1f })
        {
            await MeasureAsync("quoting", DraftPrompts.Quoting, penalty, with, without, cancel);
            await MeasureAsync("open chat", DraftPrompts.Open, penalty, with, without, cancel);
        }
    }

    private static async Task MeasureAsync(string name, string[] prompts, float penalty, ServiceProvider with, ServiceProvider without, CancellationToken cancel)
    {
        List<double> ours = [], plain = [], ratios = [];
        var before = await GuessedAsync(with, cancel);
        for (var round = 0; round < Rounds; round++)
        {
            double tokens = 0, guessed = 0, single = 0;
            foreach (var prompt in prompts)
            {
                var fast = await AnswerAsync(with, prompt, penalty, cancel);
                var slow = await AnswerAsync(without, prompt, penalty, cancel);
                if (fast.Text != slow.Text)
                {
                    throw new InvalidOperationException($"The answers differ: {fast.Text} / {slow.Text}");
                }

                (tokens, guessed, single) = (tokens + fast.Tokens, guessed + fast.Seconds, single + slow.Seconds);
            }

            ours.Add(tokens / guessed);
            plain.Add(tokens / single);
            ratios.Add(single / guessed);
        }

        var (runs, given) = await GuessedAsync(with, cancel);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {penalty} | {Figures.Median(ours):0} | {Figures.Median(plain):0} | {Figures.Median(ratios):0.00} | {(double)(given - before.Tokens) / Math.Max(1, runs - before.Runs):0.0} |"));
    }

    // Seconds from the first piece on: reading the prompt is the same for both.
    private static async Task<(string Text, long Tokens, double Seconds)> AnswerAsync(ServiceProvider host, string prompt, float penalty, CancellationToken cancel)
    {
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = Written, AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = penalty } };
        var updates = new List<ChatResponseUpdate>();
        var watch = new Stopwatch();
        await foreach (var update in host.GetRequiredService<IChatClient>().GetStreamingResponseAsync(prompt, options, cancel))
        {
            updates.Add(update);
            if (!watch.IsRunning && update.Text.Length > 0)
            {
                watch.Start();
            }
        }

        var response = updates.ToChatResponse();
        return (response.Text, response.Usage!.OutputTokenCount!.Value, watch.Elapsed.TotalSeconds);
    }

    private static async Task<(long Runs, long Tokens)> GuessedAsync(ServiceProvider host, CancellationToken cancel)
    {
        using var rental = await host.GetRequiredService<ModelHost<ChatModel>>().RentAsync(cancel);
        return rental.Model.Engine.Guessed;
    }

    private static ServiceProvider Host(bool speculation) => new ServiceCollection().AddLogging()
        .AddInference(new ConfigurationBuilder().AddInMemoryCollection([new("Inference:Speculation", speculation.ToString())]).Build())
        .BuildServiceProvider();
}
