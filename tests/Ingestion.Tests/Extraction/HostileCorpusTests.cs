using System.Globalization;
using Rag.Testing.Hostile;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>Files that mean harm, or were harmed (F15–F24, G6): each ends as its generator states, in time, and nothing else does.</summary>
public sealed class HostileCorpusTests
{
    private static readonly TimeSpan LongestAllowed = TimeSpan.FromSeconds(20);

    private static async Task AssertEndsAsync(IEnumerable<HostileFile> files)
    {
        var (outcomes, _) = await HostileRun.RunAsync(files, TestContext.Current.CancellationToken);
        foreach (string line in HostileRun.Table(outcomes))
        {
            TestContext.Current.TestOutputHelper!.WriteLine(line);
        }

        Assert.Empty(outcomes.Select(outcome => outcome.Wrong).OfType<string>());
        Assert.All(outcomes, outcome => Assert.InRange(outcome.Took, TimeSpan.Zero, 3 * LongestAllowed));   // two tries, on a busy machine
    }

    [Fact]
    public async Task EveryTrick_EndsAsItsGeneratorStates()
    {
        var files = HostilePdfs.Tricks(seed: 1).Concat(Enumerable.Range(2, 5).SelectMany(HostilePdfs.Tricks).Where(file => file.Kind == "stream-length-wrong")).Concat(HostilePdfs.Truncations(1).Where((_, i) => i % 12 == 5)).Concat(Enumerable.Range(1, 20).Select(HostilePdfs.Flipped));

        await AssertEndsAsync(files);
    }

    /// <summary>Office, books, pages, mails, tables: a sixth of the tricks that are quick, all of them in <c>eng/soak corpus</c>; each refusal costs an extractor.</summary>
    [Fact]
    public Task EverySmallTrickThatIsNoPdf_EndsAsItsGeneratorStates() => AssertEndsAsync(
        HostileCorpus.SmallTricks(seed: 3).Where((_, i) => i % 6 == 0).Concat(HostileCorpus.OtherTruncations(1).Where((_, i) => i % 48 == 5)).Concat(Enumerable.Range(1, 4).Select(HostileCorpus.OtherFlipped)));

    /// <summary>One of each other trick, which is more than a test may take. Run by <c>eng/soak corpus</c>.</summary>
    [Fact(Explicit = true)]
    public Task EveryTrickThatIsNoPdf_EndsAsItsGeneratorStates() => AssertEndsAsync(HostileCorpus.OtherTricks(seed: 1));

    /// <summary>The extractor holds the file, and PdfPig what it has read of it, but not its pages: ten times as many cost no more than that. Run by <c>eng/soak corpus</c>.</summary>
    [Fact(Explicit = true)]
    public async Task ManyPages_AreReadInFlatMemory()
    {
        var sizes = new List<double>();
        foreach (int pages in (int[])[1_000, 10_000])
        {
            byte[] file = Rag.Testing.Pdf.PdfFiles.Text(pages);
            var (outcomes, peak) = await HostileRun.RunAsync([HostileFile.Read("large", file)], TestContext.Current.CancellationToken);
            Assert.Null(outcomes.Single().Wrong);
            sizes.Add(peak - (3.0 * file.Length));
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {pages} pages, {file.Length / 1048576.0:0.0} MB | {outcomes.Single().Took.TotalSeconds:0.0} s | extractor at most {peak / 1048576.0:0} MB |"));
        }

        Assert.True(sizes[1] <= 1.25 * sizes[0], $"{sizes[1] / 1048576:0} MB against {sizes[0] / 1048576:0} MB");
    }

    /// <summary>DOCENT_SOAK_ROUNDS files or a few more; a table for docs/reliability.md. Run by <c>eng/soak corpus</c>.</summary>
    [Fact(Explicit = true)]
    public async Task Corpus_OfThousands()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("DOCENT_SOAK_ROUNDS") ?? "2000", CultureInfo.InvariantCulture);
        IEnumerable<int> seeds = Enumerable.Range(1, int.MaxValue - 1);
        var files = seeds.SelectMany(HostilePdfs.Tricks).Take(count / 6)
            .Concat(seeds.SelectMany(HostileCorpus.OtherTricks).Take(count / 4))
            .Concat(seeds.SelectMany(HostilePdfs.Truncations).Take(count / 6))
            .Concat(seeds.SelectMany(HostileCorpus.OtherTruncations).Take(count / 8))
            .Concat(seeds.Select(HostilePdfs.Flipped).Take(count / 6))
            .Concat(seeds.Select(HostileCorpus.OtherFlipped).Take(count - (3 * (count / 6)) - (count / 4) - (count / 8)));

        var (outcomes, peak) = await HostileRun.RunAsync(files, TestContext.Current.CancellationToken);

        ITestOutputHelper output = TestContext.Current.TestOutputHelper!;
        foreach (string line in HostileRun.Table(outcomes))
        {
            output.WriteLine(line);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{outcomes.Count} files; median {HostileRun.Percentile(outcomes, 0.5).TotalSeconds:0.00} s, p99 {HostileRun.Percentile(outcomes, 0.99).TotalSeconds:0.0} s, longest {outcomes.Max(outcome => outcome.Took).TotalSeconds:0.0} s; largest extractor {peak / 1048576.0:0} MB"));
        Assert.Empty(outcomes.Select(outcome => outcome.Wrong).OfType<string>().Distinct());
        Assert.InRange(HostileRun.Percentile(outcomes, 0.99), TimeSpan.Zero, LongestAllowed);
    }
}
