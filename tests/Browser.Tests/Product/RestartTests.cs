using System.Diagnostics;
using System.Globalization;
using Rag.Testing;
using Rag.Testing.Pdf;

namespace Rag.Browser.Tests.Product;

/// <summary>F3: kill -9 of the server while it reads files. Whatever was acknowledged becomes Ready by itself, and nothing comes twice.</summary>
public sealed class RestartTests
{
    private static readonly TimeSpan ReadingLimit = TimeSpan.FromMinutes(4);

    /// <summary>Enough that each kill finds one file half done and others waiting; the real filings are in the long run.</summary>
    private static readonly (string Name, byte[] Content)[] Few = [("survey.pdf", PdfFiles.Text(8, seed: 1)), ("prices.pdf", PdfFiles.Text(12, seed: 3)), ("stores.pdf", PdfFiles.Text(8, seed: 2))];

    private static (string Name, byte[] Content)[] Filings => [Filing(TestData.Apple), Filing(TestData.Amazon), Filing(TestData.Nvidia)];

    [Fact]
    public async Task KilledServer_DuringIngestion_ResumesToTheChunksOfAnUndisturbedRun()
    {
        var cancel = TestContext.Current.CancellationToken;
        var undisturbed = await IngestAsync(Few, killAt: [], cancel);
        var disturbed = await IngestAsync(Few, killAt: ["Extracting", "Embedding", "Embedding"], cancel);
        Assert.NotEmpty(undisturbed);
        Assert.Equal(undisturbed, disturbed);
    }

    /// <summary>For eng/soak: round after round, the stages in turn, until the rounds are done or one differs.</summary>
    [Fact(Explicit = true)]
    public async Task KilledServer_RoundAfterRound_NeverLosesNorDoublesAChunk()
    {
        string[] stages = ["Stored", "Extracting", "Chunking", "Embedding", "Indexing"];
        var rounds = int.Parse(Environment.GetEnvironmentVariable("DOCENT_SOAK_ROUNDS") ?? "20", CultureInfo.InvariantCulture);
        var cancel = TestContext.Current.CancellationToken;
        var undisturbed = await IngestAsync(Filings, killAt: [], cancel);
        for (var round = 0; round < rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            var stage = stages[round % stages.Length];
            Assert.Equal(undisturbed, await IngestAsync(Filings, [stage], cancel));
            TestContext.Current.TestOutputHelper?.WriteLine($"round {round + 1}: killed while {stage}, all Ready again, {undisturbed.Count} chunks equal, {clock.Elapsed.TotalSeconds:0} s");
        }
    }

    /// <summary>Kills the server when a file is first seen in each of these states; the live chunks at the end.</summary>
    private static async Task<IReadOnlyList<string>> IngestAsync((string Name, byte[] Content)[] files, string[] killAt, CancellationToken cancel)
    {
        using var folder = new TemporaryFolder();
        var server = await DocentServer.StartAsync(folder.Path);
        try
        {
            Guid assistant;
            using (var owner = await DocentClient.SetUpAsync(server))
            {
                assistant = await owner.CreateAssistantAsync("Filings");
                foreach (var (name, content) in files)
                {
                    await owner.UploadAsync(assistant, name, content);
                }
            }

            foreach (var state in killAt)
            {
                await WaitForStateAsync(folder.Path, state, cancel);
                await server.KillAsync();
                await server.DisposeAsync();
                server = await DocentServer.StartAsync(folder.Path);
            }

            using var again = await DocentClient.SignInAsync(server);
            var documents = await again.WaitUntilFinalAsync(assistant, ReadingLimit, cancel);
            Assert.All(documents, document => Assert.Equal("Ready", document.GetProperty("state").GetString()));
            Assert.Equal(files.Length, documents.Count);
            return StoredChunks.Read(folder.Path);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static (string Name, byte[] Content) Filing(string name) => (name, File.ReadAllBytes(TestData.TenQ(name)));

    private static async Task WaitForStateAsync(string folder, string state, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(ReadingLimit);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (StoredChunks.Query(folder, "select State from Documents") is var states && !states.Contains(state))
        {
            if (states.All(final => final.StartsWith("Ready", StringComparison.Ordinal)))
            {
                return;   // a short stage went by unseen: the kill comes after the end, which must be harmless too
            }

            await tick.WaitForNextTickAsync(late.Token);
        }
    }
}
