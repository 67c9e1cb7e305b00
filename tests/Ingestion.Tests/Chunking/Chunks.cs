using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference;
using Rag.Inference.Tokenizers;
using Rag.Ingestion.Chunking;
using Rag.Ingestion.Extraction;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Chunking;

internal static class Chunks
{
    public static IReadOnlyList<ChunkDraft> Cut(IEnumerable<ExtractedPage> pages, ITokenCounter counter, ChunkLimits limits, int titleTokens = 4)
    {
        var chunker = new HeadingChunker(new TokenWindow(counter), limits, titleTokens);
        return [.. pages.SelectMany(chunker.Add), .. chunker.Finish()];
    }

    /// <summary>Counts the shipped model's word pieces.</summary>
    public sealed class WordPieces : ITokenCounter, IDisposable
    {
        private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddInference(new ConfigurationBuilder().Build()).BuildServiceProvider();

        public int Count(string text) =>
            services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetRequiredService<ITextTokenCounter>().Count(text);

        public void Dispose() => services.Dispose();
    }
}
