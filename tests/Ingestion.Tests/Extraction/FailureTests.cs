using System.Diagnostics;
using System.Text;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>F15–F23, F36: each bad file ends with its reason, and the file after it is read as if nothing had been.</summary>
public sealed class FailureTests
{
    public static TheoryData<string, RefusalReason> BadFiles => new()
    {
        { nameof(PdfFiles.UserPassword), RefusalReason.Encrypted },
        { nameof(PdfFiles.HeaderOnly), RefusalReason.Damaged },
        { nameof(PdfFiles.StackOverflow), RefusalReason.ExtractorCrashed },
        { nameof(PdfFiles.DeepNesting), RefusalReason.Damaged },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task BadFile_EndsWithItsReason_AndTheNextFileIsRead(string generator, RefusalReason expected)
    {
        byte[] file = generator switch
        {
            nameof(PdfFiles.UserPassword) => PdfFiles.UserPassword(),
            nameof(PdfFiles.HeaderOnly) => PdfFiles.HeaderOnly(),
            nameof(PdfFiles.StackOverflow) => PdfFiles.StackOverflow(),
            _ => PdfFiles.DeepNesting(),
        };
        await using ExtractorPool pool = Extractors.Pool();
        Assert.Equal(expected, (await pool.ReadAsync(file)).Reason);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task TruncatedFile_AtAnyLength_IsReadOrDamaged()
    {
        await using ExtractorPool pool = Extractors.Pool();
        for (double share = 0.1; share < 1; share += 0.2)
        {
            Reading reading = await pool.ReadAsync(PdfFiles.Truncated(share));
            Assert.True(reading.Reason is null or RefusalReason.Damaged, $"{share}: {reading.Reason}");
        }

        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task FormThatDrawsItself_EndsWithTextOrDamaged()
    {
        await using ExtractorPool pool = Extractors.Pool();
        Assert.True((await pool.ReadAsync(PdfFiles.FormCycle())).Reason is null or RefusalReason.Damaged or RefusalReason.ExtractorCrashed);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task Crash_OnAFile_IsTriedTwiceThenReported()
    {
        await using ExtractorPool pool = Extractors.Pool();
        Assert.Equal(RefusalReason.ExtractorCrashed, (await pool.ReadAsync(FaultFiles.Crash())).Reason);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task Hang_BeyondThePageCap_IsKilled()
    {
        await using ExtractorPool pool = Extractors.Pool(options => options.PageTimeoutSeconds = 3);
        Assert.Equal(RefusalReason.TimedOut, (await pool.ReadAsync(FaultFiles.Hang())).Reason);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task Hang_AfterAPage_IsKilledAtTheFileCap()
    {
        await using ExtractorPool pool = Extractors.Pool(options => options.FileTimeoutSeconds = options.PageTimeoutSeconds = 3);
        Reading reading = await pool.ReadAsync(FaultFiles.HangAfterFirstPage());
        Assert.Equal(RefusalReason.TimedOut, reading.Reason);
        Assert.Single(reading.Pages);
    }

    [Fact]
    public async Task EndlessLoop_IsKilledAtThePagesProcessorTime()
    {
        await using ExtractorPool pool = Extractors.Pool(options => (options.PageCpuSeconds, options.PageTimeoutSeconds) = (1.5, 600));
        Assert.Equal(RefusalReason.TimedOut, (await pool.ReadAsync(FaultFiles.Spin())).Reason);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task PagesThatAreEachSlow_AreKilledAtTheFilesProcessorTime()
    {
        await using ExtractorPool pool = Extractors.Pool(options => (options.FileCpuSeconds, options.PageTimeoutSeconds) = (2.5, 600));
        Reading reading = await pool.ReadAsync(FaultFiles.SpinPages());
        Assert.Equal(RefusalReason.TimedOut, reading.Reason);
        Assert.InRange(reading.Pages.Count, 1, 20);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task FloodOfErrors_IsKilledAtTheCap()
    {
        await using ExtractorPool pool = Extractors.Pool(options => options.MaxExtractorErrorBytes = 1024 * 1024);
        Assert.Equal(RefusalReason.ExtractorCrashed, (await pool.ReadAsync(FaultFiles.FloodErrors())).Reason);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task FloodOfOutput_IsKilledAtOnce()
    {
        await using ExtractorPool pool = Extractors.Pool();
        Assert.Equal(RefusalReason.ExtractorCrashed, (await pool.ReadAsync(FaultFiles.FloodOutput())).Reason);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task ManagedMemory_WithoutEnd_EndsAtTheHeapLimit()
    {
        await using ExtractorPool pool = Extractors.Pool(options => options.ExtractorMemoryMegabytes = 192);
        Assert.Equal(RefusalReason.OutOfMemory, (await pool.ReadAsync(FaultFiles.FillMemory())).Reason);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task NativeMemory_WithoutEnd_IsKilledAtTheResidentCap()
    {
        await using ExtractorPool pool = Extractors.Pool(options => options.ExtractorMemoryMegabytes = 256);
        Assert.Equal(RefusalReason.OutOfMemory, (await pool.ReadAsync(FaultFiles.FillNativeMemory())).Reason);
        await AssertReadsOnAsync(pool);
    }

    [Fact]
    public async Task FaultFile_WithoutTheTestSwitch_IsJustDamaged()
    {
        await using ExtractorPool pool = Extractors.Pool(options => options.ExtractorTestFaults = false);
        Assert.Equal(RefusalReason.Damaged, (await pool.ReadAsync(FaultFiles.Crash())).Reason);
    }

    [Fact]
    public async Task PageCount_AboveTheCap_IsTooLarge()
    {
        await using ExtractorPool pool = Extractors.Pool(options => options.MaxPages = 500);
        Assert.Equal(RefusalReason.TooLarge, (await pool.ReadAsync(PdfFiles.HugePageCount(501))).Reason);
        Assert.Equal(500, (await pool.ReadAsync(PdfFiles.HugePageCount(500))).Pages.Count);
    }

    [Fact]
    public async Task Cancel_BetweenPages_EndsTheExtractorAtOnce()
    {
        await using ExtractorPool pool = Extractors.Pool();
        using var cancel = new CancellationTokenSource();
        var sink = new CollectingSink(page => cancel.Cancel());
        byte[] file = FaultFiles.HangAfterFirstPage();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.ExtractAsync(default, FileKind.Pdf, () => new MemoryStream(file), file.Length, sink, cancel.Token));
        Assert.Single(sink.Pages);
    }

    /// <summary>Where nobody watches: the system ends it by itself.</summary>
    [Fact]
    public async Task EndlessLoop_WithoutAParentThatWatches_EndsAtItsProcessorTime()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        ExtractorLaunch launch = await ExtractorLaunch.ProbeAsync(cancel);
        if (!OperatingSystem.IsLinux())
        {
            return;   // no such limit elsewhere
        }

        using Process process = Process.Start(launch.StartInfo(new IngestionOptions { ExtractorTestFaults = true, FileCpuSeconds = 0.1 }))!;
        await process.SendAsync(FaultFiles.Spin(), cancel);
        await process.WaitForExitAsync(cancel).WaitAsync(TimeSpan.FromSeconds(60), cancel);
        Assert.Equal(ExtractorHost.OutOfTime, process.ExitCode);
    }

    /// <summary>T8: what a hostile file could reach if it took over the parser.</summary>
    [Fact]
    public async Task Probe_FromInside_SeesNoSecretsNoFilesNoNetworkAndMayNeitherWriteNorStartPrograms()
    {
        Environment.SetEnvironmentVariable("DOCENT_TEST_SECRET", "42");
        await using ExtractorPool pool = Extractors.Pool();
        string report = (await pool.ReadAsync(FaultFiles.Probe())).Text;
        string[] variables = [.. report.Split('\n').Where(line => line.StartsWith("env ", StringComparison.Ordinal)).Select(line => line[4..])];
        Assert.NotEmpty(variables);
        Assert.All(variables, name => Assert.True(name is "PATH" or "PWD" or "OLDPWD" or "SHLVL" or "_" or "SystemRoot" || name.StartsWith("DOTNET_", StringComparison.Ordinal), name));
        Assert.Contains($"memory {384L * 1024 * 1024}\n", report, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains("directory /\n", report, StringComparison.Ordinal);
            Assert.Contains("write denied\n", report, StringComparison.Ordinal);
        }

        ExtractorLaunch launch = await ExtractorLaunch.ProbeAsync(TestContext.Current.CancellationToken);
        string files = launch.WithoutFiles ? "denied" : "allowed";
        Assert.All(["read system", "read beside", "list", "read on a pool thread", "start"], what => Assert.Contains($"{what} {files}\n", report, StringComparison.Ordinal));
        Assert.Contains(launch.WithoutNetwork || launch.WithoutFiles ? "connect denied\n" : "connect allowed\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Type_ByNameAndContentTogether_AcceptsOnlyWhatAgrees()
    {
        byte[] pdf = PdfFiles.Text(1);
        byte[] text = Encoding.UTF8.GetBytes("# Plain words\n");
        Assert.Equal(FileKind.Pdf, FileKinds.Detect("a.PDF", pdf));
        Assert.Equal(FileKind.PlainText, FileKinds.Detect("a.txt", text));
        Assert.Equal(FileKind.Markdown, FileKinds.Detect("a.md", text));
        Assert.Null(FileKinds.Detect("a.pdf", PdfFiles.WrongHeader()));
        Assert.Null(FileKinds.Detect("a.txt", pdf));
        Assert.Null(FileKinds.Detect("a.exe", text));
        Assert.Null(FileKinds.Detect("a.txt", [0x7F, 0x45, 0x4C, 0x46, 0, 0, 1]));
    }

    private static async Task AssertReadsOnAsync(ExtractorPool pool)
    {
        Reading next = await pool.ReadAsync(PdfFiles.Lines(["The next file is read."]));
        Assert.Null(next.Reason);
        Assert.Equal("The next file is read.\n", next.Text);
    }
}
