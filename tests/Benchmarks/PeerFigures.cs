using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;

namespace Rag.Benchmarks;

/// <summary>The engine against llama.cpp on the same shape, and embedding against <c>onnxruntime-node</c> on the same file. All take turns, round by round; ratios are of one run.</summary>
internal static class PeerFigures
{
    private const int Rounds = 5;
    private const int Chunk = 512, CacheStep = 512, Written = 64;

    public static async Task RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("docent-bench-").FullName;
        try
        {
            var peers = new NodePeers(folder);
            await peers.InstallAsync(cancel);
            await ChatAsync(peers, folder, cancel);
            await EmbedAsync(peers, folder, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ChatAsync(NodePeers peers, string folder, CancellationToken cancel)
    {
        var gguf = Path.Combine(folder, "random.gguf");
        RandomGguf.Write(gguf);
        var options = new InferenceOptions();
        var model = new ModelStore(options, AppContext.BaseDirectory).Open(options.ChatModel, ModelKind.Chat);
        var graph = new SessionFactory(options, new(ExecutionProvider.Cpu, () => null)).Open(model);
        using var session = graph.Session;
        List<ChatSpeed> ours = [], theirs = [];
        var second = new List<double>();
        int[] threads = [.. new[] { 1, 2, Environment.ProcessorCount }.Where(count => count <= Environment.ProcessorCount).Distinct()];
        for (var round = 0; round <= Rounds; round++)
        {
            var mine = Measure(graph, model.Manifest, out var ratio, cancel);
            var best = new List<ChatSpeed>();
            foreach (var count in threads)
            {
                best.Add(await peers.WriteAsync(gguf, count, cancel));
            }

            if (round > 0)
            {
                ours.Add(mine);
                second.Add(ratio);
                theirs.Add(new(best.Max(s => s.Read512), best.Max(s => s.Read1500), best.Max(s => s.Write512), best.Max(s => s.Write1500), best.Max(s => s.Streams)));
            }
        }

        Console.WriteLine("| tokens/s, median of 5 | docent | llama.cpp, best thread count | ratio |");
        Console.WriteLine("|---|---|---|---|");
        Row("reading 512", s => s.Read512);
        Row("reading 1,500", s => s.Read1500);
        Row("writing behind 512", s => s.Write512);
        Row("writing behind 1,500", s => s.Write1500);
        Row("8 answers at once, behind 128, together", s => s.Streams);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| first token behind 1,500: with the first 1,200 in the cache against cold | | | {Figures.Median(second):0.0} × faster |"));

        void Row(string what, Func<ChatSpeed, double> of)
        {
            double mine = Figures.Median([.. ours.Select(of)]), other = Figures.Median([.. theirs.Select(of)]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {mine:0} | {other:0} | {mine / other:0.00} |"));
        }
    }

    private static ChatSpeed Measure(OpenGraph graph, ModelManifest manifest, out double secondTurn, CancellationToken cancel)
    {
        const int streams = 8;
        using var block = DecodeLoop.Block(graph, manifest, streams, CacheStep);
        DecodeLoop[] loops = [.. Enumerable.Range(0, streams).Select(slot => new DecodeLoop(graph, manifest, Chunk, block, slot))];
        using var step = new BatchStep(graph, manifest.VocabularySize, block, loops);
        Read(64, 1);
        var (read512, write512) = Read(512, 2);
        var (read1500, write1500) = Read(1_500, 3);

        // The second turn: four fifths of its prompt are there.
        loops[0].Rewind(1_200, 1_600);
        var watch = Stopwatch.StartNew();
        loops[0].Read(Prompt(1_500, 3).AsSpan(1_200), cancel);
        secondTurn = 1_500 / read1500 / watch.Elapsed.TotalSeconds;

        var next = new int[streams];
        for (var i = 0; i < streams; i++)
        {
            loops[i].Rewind(0, 256, alone: false);
            next[i] = TensorPrimitives.IndexOfMax<float>(loops[i].Read(Prompt(128, 10 + i), cancel));
        }

        watch.Restart();
        for (var turn = 0; turn < 32; turn++)
        {
            for (var i = 0; i < streams; i++)
            {
                step.Add(i, next[i]);
            }

            step.Run();
            for (var i = 0; i < streams; i++)
            {
                next[i] = TensorPrimitives.IndexOfMax<float>(step.Logits(i));
            }
        }

        var together = streams * 32 / watch.Elapsed.TotalSeconds;
        Array.ForEach(loops, loop => loop.Dispose());
        return new(read512, read1500, write512, write1500, together);

        (double Read, double Write) Read(int tokens, int seed)
        {
            loops[0].Rewind(0, tokens + Written + 1);
            var watch = Stopwatch.StartNew();
            var token = TensorPrimitives.IndexOfMax<float>(loops[0].Read(Prompt(tokens, seed), cancel));
            var read = watch.Elapsed.TotalSeconds;
            watch.Restart();
            for (var i = 0; i < Written; i++)
            {
                step.Add(0, token);
                step.Run();
                token = TensorPrimitives.IndexOfMax<float>(step.Logits(0));
            }

            return (tokens / read, Written / watch.Elapsed.TotalSeconds);
        }
    }

    private static async Task EmbedAsync(NodePeers peers, string folder, CancellationToken cancel)
    {
        const int runs = 2;
        await using var services = Figures.Models();
        var options = new InferenceOptions();
        var model = new ModelStore(options, AppContext.BaseDirectory).Open(options.EmbeddingModel, ModelKind.Embedding);
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var counter = generator.GetService<ITextTokenCounter>()!;
        var random = new Random(1);
        string[] words = "the company depends on component and product manufacturing and services provided by partners many of which are located outside of the country".Split(' ');
        string[] texts = [.. Enumerable.Range(0, 128).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(10, 250)).Select(_ => words[random.Next(words.Length)])))];
        var lengths = texts.Select(counter.Count).ToArray();
        var tokens = Path.Combine(folder, "tokens.json");
        await File.WriteAllTextAsync(tokens, JsonSerializer.Serialize(lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(1_000, 30_000)))), cancel);
        await generator.GenerateAsync(texts, cancellationToken: cancel);
        List<double> ours = [], theirs = [];
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < runs; i++)
            {
                await generator.GenerateAsync(texts, cancellationToken: cancel);
            }

            ours.Add(lengths.Sum() * runs / watch.Elapsed.TotalSeconds);
            theirs.Add(await peers.EmbedAsync(Path.Combine(model.Path, model.Manifest.Graphs.Cpu), tokens, runs, cancel));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| embedding 128 texts of 10 to 250 words, tokens/s | {Figures.Median(ours):0} | {Figures.Median(theirs):0} (onnxruntime-node, batches of 32 in the order given) | {Figures.Median(ours) / Figures.Median(theirs):0.00} |"));
    }

    private static int[] Prompt(int tokens, int seed) => [.. Enumerable.Range(0, tokens).Select(i => 100 + (int)(((i * 7_919L) + (seed * 104_729L)) % 40_000))];
}
