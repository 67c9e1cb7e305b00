using System.Diagnostics;
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

    /// <summary>A server that is killed closes its pipes; its extractor must not stay behind, even when a file holds it in a loop.</summary>
    [Fact]
    public async Task Extractor_WhoseParentIsGone_EndsEvenWhileItHangs()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        ExtractorLaunch launch = await ExtractorLaunch.ProbeAsync(cancel);
        using Process process = Process.Start(launch.StartInfo(new IngestionOptions { ExtractorTestFaults = true }))!;
        await process.SendAsync(FaultFiles.HangAfterFirstPage(), cancel);
        Frame? last = null;
        while (last is not { Kind: FrameKind.Page })
        {
            last = await Frame.ReadFromAsync(process.StandardOutput.BaseStream, cancel);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel).WaitAsync(TimeSpan.FromSeconds(10), cancel);
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task<int> ProcessAsync(ExtractorPool pool, KnowledgeBaseId owner)
    {
        Reading reading = await pool.ReadAsync(FaultFiles.Probe(), owner: owner);
        string line = reading.Text.Split('\n').Single(line => line.StartsWith("process ", StringComparison.Ordinal));
        return int.Parse(line["process ".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
