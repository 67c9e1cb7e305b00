using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Tokenizers;
using Rag.Ingestion;
using Rag.Ingestion.Chunking;
using Rag.Ingestion.Extraction.Pdf;
using Rag.Retrieval.Knowledge;
using Rag.Testing;
using Rag.Testing.Pdf;

namespace Rag.Benchmarks;

/// <summary>
/// Whole ingestion on the running product, upload to Ready, against what the embedding model alone needs for the same chunks; and the memory that 1,000 pages take.
/// </summary>
internal static class IngestionFigures
{
    private const int Rounds = 3;
    private const int Large = 1_000;

    public static async Task RunAsync(CancellationToken cancel)
    {
        byte[][] filings = [.. new[] { TestData.Apple, TestData.Amazon, TestData.Nvidia }.Select(name => File.ReadAllBytes(TestData.TenQ(name)))];
        var folder = Directory.CreateTempSubdirectory("docent-bench-").FullName;
        try
        {
            await using var services = Figures.Models();
            var model = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
            var (texts, pages) = Chunks(filings, model.GetService<ITextTokenCounter>()!);
            await using var server = await DocentServer.StartAsync(folder);
            using var owner = await DocentClient.SetUpAsync(server);
            List<double> alone = [], whole = [];
            for (var round = 0; round <= Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                foreach (var batch in texts.Chunk(new IngestionOptions().EmbeddingBatch))
                {
                    await model.GenerateAsync(batch, cancellationToken: cancel);
                }

                var embedding = watch.Elapsed.TotalSeconds;
                var assistant = await owner.CreateAssistantAsync($"Round {round}");
                watch.Restart();
                for (var i = 0; i < filings.Length; i++)
                {
                    await owner.UploadAsync(assistant, $"{i}.pdf", filings[i]);
                }

                var ends = await owner.WaitUntilFinalAsync(assistant, TimeSpan.FromMinutes(10), cancel);
                if (ends.Sum(file => file.GetProperty("pages").GetInt32()) != pages)
                {
                    throw new InvalidOperationException("Not all pages were read.");
                }

                if (round > 0)
                {
                    alone.Add(embedding);
                    whole.Add(watch.Elapsed.TotalSeconds);
                }
            }

            double least = Figures.Median(alone), all = Figures.Median(whole);
            Figures.Print("chunks per page", texts.Count / (double)pages, "");
            Figures.Print("embedding alone", pages / least, "pages/s");
            Figures.Print("whole ingestion, upload to Ready", pages / all, "pages/s");
            Figures.Print("ratio", least / all, "");

            var before = server.ResidentBytes() / 1048576.0;
            using var memory = new MemoryWatch(server);
            var large = await owner.CreateAssistantAsync("Large");
            var clock = Stopwatch.StartNew();
            await owner.UploadAsync(large, "large.pdf", PdfFiles.Text(Large));
            await owner.WaitUntilFinalAsync(large, TimeSpan.FromMinutes(20), cancel);
            Figures.Print($"{Large} pages", Large / clock.Elapsed.TotalSeconds, "pages/s");
            var highest = await memory.StopAsync() / 1048576.0;
            Figures.Print("resident before (server with its models, all of the above done)", before, "MiB");
            Figures.Print("highest resident while they were read, server and extractor", highest, "MiB");
            Figures.Print("more", highest - before, "MiB");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What ingestion embeds, cut as it cuts.</summary>
    private static (List<string> Texts, int Pages) Chunks(byte[][] files, ITextTokenCounter counter)
    {
        var options = new IngestionOptions();
        var window = new TokenWindow(new Counter(counter));
        var texts = new List<string>();
        var pages = 0;
        for (var i = 0; i < files.Length; i++)
        {
            using var extractor = new PdfExtractor(files[i]);
            var title = window.Head(TitleChooser.Choose(extractor.Title ?? "", $"{i}.pdf"), options.PrefixTokens / 2);
            var chunker = new HeadingChunker(window, new ChunkLimits(options.ChunkTokens, options.PrefixTokens, options.CaptionTokens), window.Cost(title));
            pages += extractor.PageCount;
            texts.AddRange(extractor.Pages().SelectMany(chunker.Add).Concat(Last()).Select(chunk => chunk.IndexedText(title)));

            IEnumerable<Retrieval.Indexing.ChunkDraft> Last()
            {
                foreach (var chunk in chunker.Finish())
                {
                    yield return chunk;
                }
            }
        }

        return (texts, pages);
    }

    private sealed class Counter(ITextTokenCounter inner) : ITokenCounter
    {
        public int Count(string text) => inner.Count(text);
    }
}
