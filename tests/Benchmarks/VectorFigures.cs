using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval.Indexing.Embedded;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Benchmarks;

/// <summary>The scan of the embedded index by itself, on one core: time, recall@10 against exact fp32 search, and insertion beside hnswlib-node.</summary>
internal static class VectorFigures
{
    private const int Inserted = 50_000;
    private static readonly BlockOwner Owner = BlockOwner.Of(KnowledgeBaseId.New(), "bench");

    public static async Task RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("docent-bench-").FullName;
        try
        {
            Scan(IndexData.Vectors(100_000, 2), IndexData.Vectors(200, 3), "100,000 × 384, made up");
            await ScanRealAsync(cancel);
            await InsertAsync(folder, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Scan(float[][] vectors, float[][] queries, string what)
    {
        var live = Live(vectors, path: null);
        var recall = queries.Average(query => VectorScan.Nearest(live, query, 10).Count(hit => IndexData.Exact(vectors, query).Contains(hit.Row)) / 10.0);
        foreach (var path in Enum.GetValues<Int8Path>().Where(path => path <= Int8.Fastest))
        {
            var time = IndexData.Spread(queries.Length, i => VectorScan.Nearest(live, queries[i], 30, path));
            IndexData.Print($"scan, {what}, {path}, one core", $"{time}");
        }

        IndexData.Print($"recall@10 against exact fp32, {what}", $"{recall:0.0000}");
        if (vectors.Length >= 100_000)
        {
            var one = Live(vectors[..1_000], path: null);
            IndexData.Print("scan of a knowledge base of 1,000 beside it", $"{IndexData.Spread(queries.Length, i => VectorScan.Nearest(one, queries[i], 30))}");
        }
    }

    /// <summary>Sentences and questions of the Cranfield collection through the shipped model, where DOCENT_EVAL names a folder that has it.</summary>
    private static async Task ScanRealAsync(CancellationToken cancel)
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("DOCENT_EVAL") ?? "", "cranfield");
        if (!File.Exists(Path.Combine(folder, "docs.jsonl")))
        {
            IndexData.Print("recall@10 on real vectors", $"not measured: DOCENT_EVAL names no folder with cranfield/docs.jsonl");
            return;
        }

        await using var services = Figures.Models(("Inference:LoadAtStart", "false"));
        var embedder = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var sentences = Texts("docs.jsonl").SelectMany(text => SentenceSplitter.Split(text).Select(range => text[range.Start..range.End])).Distinct().Take(8_000);
        var vectors = await EmbedAsync(sentences, "passage");
        Scan(vectors, await EmbedAsync(Texts("queries.jsonl").Take(200), "query"), $"{vectors.Length} real sentences (Cranfield)");

        IEnumerable<string> Texts(string file) => File.ReadLines(Path.Combine(folder, file))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!);

        async Task<float[][]> EmbedAsync(IEnumerable<string> texts, string role)
        {
            var options = new EmbeddingGenerationOptions { AdditionalProperties = new() { ["role"] = role } };
            return [.. (await embedder.GenerateAsync(texts, options, cancel)).Select(embedding => embedding.Vector.ToArray())];
        }
    }

    private static async Task InsertAsync(string folder, CancellationToken cancel)
    {
        var vectors = IndexData.Vectors(Inserted, 4);
        var queries = IndexData.Vectors(100, 5);
        Live(vectors[..5_000], folder);   // the compiler's time is not the index's
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            var live = Live(vectors, folder);
            VectorScan.Nearest(live, queries[0], 10);
            times.Add(clock.Elapsed.TotalSeconds);
        }

        var ours = times.Order().ElementAt(2);
        IndexData.Print("50,000 vectors inserted, on disk (flushed), reopened and searched once, one core, median of 5", $"{ours:0.000} s");
        foreach (var (m, construction) in new[] { (16, 200), (8, 40) })
        {
            var theirs = await HnswLib.RunAsync(folder, vectors, queries, m, construction, cancel);
            IndexData.Print($"the same by hnswlib-node, in memory, M = {m}, efConstruction = {construction}", $"{theirs}");
            if (theirs.Seconds is { } seconds)
            {
                IndexData.Print("ratio", $"{seconds / ours:0.0} ×");
            }
        }
    }

    /// <param name="path">Written to files there, flushed and opened again; null: kept in memory.</param>
    private static LiveBlocks Live(float[][] vectors, string? path)
    {
        var views = new List<BlockView>();
        foreach (var (part, first) in vectors.Chunk(BlockReader.BlockPassages).Select((part, i) => (part, i * BlockReader.BlockPassages)))
        {
            var builder = new BlockBuilder(Owner, part[0].Length);
            builder.Begin(new LiveDocument(DocumentId.New(), 1, part.Length, 0, ""));
            for (var i = 0; i < part.Length; i++)
            {
                builder.Add(first + i, [], part[i]);
            }

            var block = builder.Build();
            if (path is not null)
            {
                var file = Path.Combine(path, Guid.NewGuid().ToString("N"));
                block.Save(file);
                block = PassageBlock.Open(file, Owner.KnowledgeBase);
                File.Delete(file);   // stays mapped
            }

            views.Add(BlockView.Of(block, [0]));
        }

        return new LiveBlocks(new BaseVersion(1, 1, Owner), views);
    }

    /// <summary>Vectors one after the other, as the script beside reads them.</summary>
    internal static void Write(string path, float[][] vectors)
    {
        using var file = File.Create(path);
        foreach (var vector in vectors)
        {
            file.Write(MemoryMarshal.AsBytes<float>(vector));
        }
    }
}
