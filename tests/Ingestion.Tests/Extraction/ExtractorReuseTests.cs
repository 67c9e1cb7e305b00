using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>T8: a warm extractor is kept for its owner only. The probe tells its process id.</summary>
public sealed class ExtractorReuseTests
{
    private static readonly KnowledgeBaseId Mine = KnowledgeBaseId.New(), Theirs = KnowledgeBaseId.New();

    [Fact]
    public async Task WarmExtractor_ServesItsOwnerAgain_ButNobodyElse()
    {
        await using ExtractorPool pool = Extractors.Pool();
        int first = await ProcessAsync(pool, Mine);
        Assert.Equal(first, await ProcessAsync(pool, Mine));
        Assert.NotEqual(first, await ProcessAsync(pool, Theirs));
    }

    [Fact]
    public async Task WarmExtractor_AfterARefusedFile_IsReplaced()
    {
        await using ExtractorPool pool = Extractors.Pool();
        int first = await ProcessAsync(pool, Mine);
        Assert.Equal(RefusalReason.Encrypted, (await pool.ReadAsync(PdfFiles.UserPassword(), owner: Mine)).Reason);
        Assert.NotEqual(first, await ProcessAsync(pool, Mine));
    }

    private static async Task<int> ProcessAsync(ExtractorPool pool, KnowledgeBaseId owner)
    {
        Reading reading = await pool.ReadAsync(FaultFiles.Probe(), owner: owner);
        string line = reading.Text.Split('\n').Single(line => line.StartsWith("process ", StringComparison.Ordinal));
        return int.Parse(line["process ".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
