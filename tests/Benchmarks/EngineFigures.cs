using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Benchmarks;

/// <summary>What the chat engine does by itself: its cache against a copied one, what a step spends outside of the model, what it allocates, and how long a running answer waits for another's prompt.</summary>
internal static class EngineFigures
{
    private const int Rounds = 5, Written = 48, CacheStep = 512, Chunk = 512;

    public static async Task RunAsync(CancellationToken cancel)
    {
        Caches(cancel);
        await OutsideAsync(cancel);
        await GapsAsync(cancel);
    }

    // The same graph and loop: with the cache written in place, and with one that each run copies, as graphs without GroupQueryAttention need it.
    private static void Caches(CancellationToken cancel)
    {
        var (graph, model) = Open();
        using var session = graph.Session;
        using var cache = new CopiedKvCache(session, CacheStep, model.Manifest.ContextLength);
        using var copied = new DecodeLoop(graph, model.Manifest, Chunk, cache, 0);
        using var shared = new DecodeLoop(graph, model.Manifest, Chunk, CacheStep, ownsSession: false);
        Console.WriteLine("| writing behind | in place, tokens/s | copied, tokens/s | ratio |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var behind in new[] { 512, 1_500 })
        {
            List<double> fast = [], slow = [];
            for (var round = 0; round <= Rounds; round++)
            {
                var (one, other) = (Write(shared, behind, cancel), Write(copied, behind, cancel));
                if (round > 0)
                {
                    fast.Add(one);
                    slow.Add(other);
                }
            }

            Print($"| {behind} | {Figures.Median(fast):0.0} | {Figures.Median(slow):0.0} | {Figures.Median([.. fast.Zip(slow, (one, other) => one / other)]):0.00} |");
        }
    }

    private static double Write(DecodeLoop loop, int behind, CancellationToken cancel)
    {
        loop.Rewind(0, behind + Written + 1);
        var token = TensorPrimitives.IndexOfMax<float>(loop.Read([.. Enumerable.Range(0, behind).Select(i => 100 + (int)(i * 7_919L % 40_000))], cancel));
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Written; i++)
        {
            token = TensorPrimitives.IndexOfMax<float>(loop.Read([token], cancel));
        }

        return Written / watch.Elapsed.TotalSeconds;
    }

    // Choosing the token and turning it into text, with the settings of the product and drawn with all cuts.
    private static async Task OutsideAsync(CancellationToken cancel)
    {
        var (graph, model) = Open();
        using var session = graph.Session;
        using var block = DecodeLoop.Block(graph, model.Manifest, 1, CacheStep);
        using var loop = new DecodeLoop(graph, model.Manifest, Chunk, block, 0);
        using var step = new BatchStep(graph, model.Manifest.VocabularySize, block, [loop]);
        await using var services = Figures.Models();
        var tokenizer = services.GetRequiredService<Inference.Tokenizers.LazyTokenizer<Inference.Tokenizers.IChatTokenizer>>().Value;
        foreach (var (name, request) in new[]
        {
            ("greedy, penalty 1.1", new ChatOptions { Temperature = 0 }),
            ("drawn, top-p 0.9, top-k 40", new ChatOptions { Temperature = 0.8f, TopP = 0.9f, TopK = 40, Seed = 3 }),
        })
        {
            request.MaxOutputTokens = 400;
            var prompt = new PromptTokens([.. Enumerable.Range(0, 512).Select(i => 100 + (int)(i * 7_919L % 40_000))], 0, null, null);
            var text = Channel.CreateUnbounded<AnswerPiece>();
            var generation = new Generation(
                prompt, GenerationSettings.From(request, model.Manifest, new()), text.Writer, new HashSet<int>(), new HashSet<int>(), tokenizer, model.Manifest.ContextLength, TimeProvider.System, cancel);
            loop.Rewind(0, 1_000);
            generation.Take(loop.Read(prompt.Ids, cancel));
            double outside = 0, inside = 0;
            long allocated = 0;
            for (var i = 0; i < 200; i++)
            {
                var start = Stopwatch.GetTimestamp();
                var bytes = GC.GetAllocatedBytesForCurrentThread();
                step.Add(0, generation.Token);
                step.Run();
                var middle = Stopwatch.GetTimestamp();
                allocated += i < 20 ? 0 : GC.GetAllocatedBytesForCurrentThread() - bytes;
                generation.Take(step.Logits(0));
                inside += Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds;
                outside += Stopwatch.GetElapsedTime(middle).TotalMilliseconds;
            }

            Print($"{name}: {inside / 200:0.00} ms in the model's step, {outside / 200:0.00} ms to choose and to write the token ({100 * outside / (inside + outside):0.0} %), {allocated / 180.0:0} bytes allocated per step in the loop");
        }
    }

    // A running answer, and a prompt of 1,500 tokens that arrives meanwhile.
    private static async Task GapsAsync(CancellationToken cancel)
    {
        await using var services = Figures.Models();
        var chat = services.GetRequiredService<IChatClient>();
        var longest = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            await using var running = chat.GetStreamingResponseAsync("Tell a long story about the sea.", new() { Temperature = 0.8f, Seed = 5, MaxOutputTokens = 2_000 }, cancel).GetAsyncEnumerator(cancel);
            while (await running.MoveNextAsync() && running.Current.Text.Length == 0)
            {
            }

            var joins = chat.GetResponseAsync($"{round} " + string.Join(' ', Enumerable.Repeat("sea", 1_500)), new() { MaxOutputTokens = 1 }, cancel);
            var (last, most) = (Stopwatch.GetTimestamp(), 0.0);
            while (!joins.IsCompleted && await running.MoveNextAsync())
            {
                most = Math.Max(most, Stopwatch.GetElapsedTime(last).TotalMilliseconds);
                last = Stopwatch.GetTimestamp();
            }

            await joins;
            if (round > 0)
            {
                longest.Add(most);
            }
        }

        Print($"longest time between two pieces of a running answer while a prompt of 1,500 tokens is read: median of {Rounds} {Figures.Median(longest):0} ms, most {longest.Max():0} ms");
    }

    private static (OpenGraph Graph, ModelFolder Model) Open()
    {
        var options = new InferenceOptions();
        var model = new ModelStore(options, AppContext.BaseDirectory).Open(options.ChatModel, ModelKind.Chat);
        return (new SessionFactory(options, new(ExecutionProvider.Cpu, () => null)).Open(model), model);
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
