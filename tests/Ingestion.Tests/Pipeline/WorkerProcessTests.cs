using Rag.Ingestion.Composition;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>Workers in processes of their own (F3, F5, F6): the faults that nothing else shows. <c>eng/soak faults</c> has all, at every stage, many times.</summary>
public sealed class WorkerProcessTests
{
    private const int Seed = 11;
    private static readonly FaultRuns Runs = new(Seed);

    [Fact]
    public async Task Killed_AnotherWorkerFinishes_AsIfNothingHadHappened() => await Runs.KillAsync(StopPoint.Chunks);

    [Fact]
    public async Task FrozenPastItsLease_ItsLateWriteIsFencedOff() => await Runs.FreezeAsync(StopPoint.Publish);

    [Fact]
    public async Task Terminated_GivesTheFileBack() =>
        Assert.InRange(await Runs.TerminateAsync(StopPoint.Chunks), TimeSpan.Zero, TimeSpan.FromSeconds(30));

    [Fact]
    public async Task TwoWorkers_ShareTheFiles() => await Runs.ShareAsync(4);

    [Fact]
    public async Task NameThatIsTaken_OrTheServersOwn_IsRefusedWithASentence()
    {
        await using Shop shop = await Shop.OpenAsync();
        await using WorkerProcess first = WorkerProcess.Start(shop.Folder, "same");
        await first.SaysAsync("Application started", TimeSpan.FromSeconds(30));
        foreach ((string name, string words) in new[] { ("same", "A worker named same runs on"), ("local", "belongs to the server's own worker") })
        {
            await using WorkerProcess second = WorkerProcess.Start(shop.Folder, name);
            await second.ExitedAsync();
            Assert.Equal(1, second.ExitCode);
            Assert.Contains(words, second.Output, StringComparison.Ordinal);
        }

        await using WorkerProcess nowhere = WorkerProcess.Start(Path.Combine(shop.Folder, "none"), "x");
        await nowhere.ExitedAsync();
        Assert.Contains("Start the server on this folder first.", nowhere.Output, StringComparison.Ordinal);
    }
}
