using System.Diagnostics;
using System.Globalization;
using Rag.Ingestion.Composition;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>Every fault at every stage, DOCENT_SOAK_ROUNDS times each, with a table for docs/reliability.md. Run by <c>eng/soak faults</c>.</summary>
public sealed class FaultSoak
{
    private static readonly StopPoint[] BeforeTheEnd = [StopPoint.Taken, StopPoint.Pages, StopPoint.Chunked, StopPoint.Chunks, StopPoint.Publish];

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("DOCENT_SOAK_ROUNDS") ?? "20", CultureInfo.InvariantCulture);

    /// <summary>The disk alone; also part of the run below.</summary>
    [Fact(Explicit = true)]
    public async Task FullDisk()
    {
        var failures = new List<string>();
        await RepeatAsync("full disk", Math.Max(1, Rounds / 4), async runs => await runs.FillDiskAsync() ?? throw new InvalidOperationException("This user may not mount a small file system."), failures);
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact(Explicit = true)]
    public async Task Faults_AtEveryStage_ManyTimes()
    {
        var failures = new List<string>();
        foreach (StopPoint point in Enum.GetValues<StopPoint>())
        {
            await RepeatAsync($"kill -9 at {point}", Rounds, runs => runs.KillAsync(point), failures);
        }

        int few = Math.Max(1, Rounds / 4);
        foreach (StopPoint point in BeforeTheEnd)
        {
            await RepeatAsync($"frozen past its lease at {point}", few, runs => Timed(() => runs.FreezeAsync(point)), failures);
            await RepeatAsync($"cancelled at {point}", few, runs => runs.CancelAsync(point), failures);
            await RepeatAsync($"deleted at {point}", few, runs => Timed(() => runs.DeleteAsync(point)), failures);
            await RepeatAsync($"terminated at {point}", few, runs => runs.TerminateAsync(point), failures);
        }

        await RepeatAsync("database locked for 30 s", few, runs => Timed(() => runs.LockAsync(TimeSpan.FromSeconds(30))), failures);
        if (await new FaultRuns(99).FillDiskAsync() is null)
        {
            TestContext.Current.TestOutputHelper!.WriteLine("| full disk | not tried: this user may not mount a small file system | |");
        }
        else
        {
            await RepeatAsync("full disk", few, async runs => await runs.FillDiskAsync() ?? throw new InvalidOperationException("It could be mounted before."), failures);
        }

        await RepeatAsync("two workers, 20 files", few, runs => Timed(() => runs.ShareAsync(20)), failures);
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static async Task RepeatAsync(string name, int rounds, Func<FaultRuns, Task<TimeSpan>> run, List<string> failures)
    {
        var took = new List<double>();
        for (int round = 1; round <= rounds; round++)
        {
            try
            {
                took.Add((await run(new FaultRuns(round))).TotalSeconds);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                failures.Add($"{name}, round {round}: {failure}");
            }
        }

        took.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {took.Count} of {rounds} as undisturbed | median {(took.Count == 0 ? 0 : took[took.Count / 2]):0.0} s, longest {(took.Count == 0 ? 0 : took[^1]):0.0} s |"));
    }

    private static async Task<TimeSpan> Timed(Func<Task> run)
    {
        long start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start);
    }
}
