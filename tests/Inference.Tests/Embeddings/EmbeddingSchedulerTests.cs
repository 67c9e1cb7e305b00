using System.Threading.Channels;
using Rag.Inference.Embeddings;

namespace Rag.Inference.Tests.Embeddings;

/// <summary>Who is in which run, over a model whose runs end when the test says so. A text of n tokens is n times its caller's number.</summary>
public sealed class EmbeddingSchedulerTests
{
    private readonly Channel<Run> runs = Channel.CreateUnbounded<Run>();
    private readonly EmbeddingScheduler scheduler;

    public EmbeddingSchedulerTests() => scheduler = new(100, texts =>
    {
        var run = new Run(texts);
        runs.Writer.TryWrite(run);
        return run.Ended.Task;
    });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Embed_ManyTexts_KeepsEachRunWithinTheBudgetAndEachVectorAtItsPlace()
    {
        int[] lengths = [90, 12, 60, 7, 40, 140, 12, 50];
        var call = scheduler.EmbedAsync([.. lengths.Select(length => Text(length, 1))], isUrgent: false, shares: true, Cancel);
        var seen = 0;
        while (seen < lengths.Length)
        {
            var run = await NextAsync();
            Assert.True(run.Texts.Count == 1 || run.Texts.Count * run.Texts.Max(t => t.Length) <= 100);
            seen += run.Texts.Count;
            run.End();
        }

        Assert.Equal(lengths.Select(length => (float)length), (await call).Select(vector => vector[0]));
        Assert.True(scheduler.Total.Runs < lengths.Length);
        Assert.Equal(0, scheduler.Waiting);
    }

    [Fact]
    public async Task Embed_NoTexts_GivesNoRun()
    {
        Assert.Empty(await scheduler.EmbedAsync([], isUrgent: false, shares: true, Cancel));
        Assert.Equal((0, 0), scheduler.Total);
    }

    [Fact]
    public async Task Embed_UrgentBehindAFile_MakesAllItsRunsBeforeTheFilesNextOne()
    {
        var file = Start(1, [90, 90]);
        var first = await NextAsync();
        var urgent = Start(2, [80, 80], isUrgent: true);
        Assert.Equal(2, scheduler.Waiting);
        first.End();
        await EndAsync(2);
        await EndAsync(2);
        await EndAsync(1);
        await Task.WhenAll(file, urgent);
    }

    [Fact]
    public async Task Embed_UrgentBesideAFileOfTheSameLength_IsNotFilledUpWithIt()
    {
        var running = Start(9, [50]);
        var first = await NextAsync();
        var file = Start(1, [10, 10]);
        var urgent = Start(2, [10], isUrgent: true);
        first.End();
        await EndAsync(2);
        await EndAsync(1, 1);
        await Task.WhenAll(running, file, urgent);
    }

    [Fact]
    public async Task Embed_ManySmallCallers_ShareARun()
    {
        var first = Start(100, [10]);
        var run = await NextAsync();
        var callers = Enumerable.Range(1, 15).Select(caller => Start(caller, [5 + (caller % 3)])).ToArray();
        run.End();
        await first;
        var shared = await NextAsync();
        Assert.Equal(14, shared.Texts.Count);   // 14 × 7 of 100 padded tokens
        shared.End();
        (await NextAsync()).End();
        Assert.Equal(callers.Length, (await Task.WhenAll(callers)).Length);
        Assert.Equal(3, scheduler.Total.Runs);
    }

    [Fact]
    public async Task Embed_ModelWhoseVectorsDependOnTheRun_NeverMixesCallers()
    {
        var running = Start(9, [50]);
        var first = await NextAsync();
        var callers = new[] { Start(1, [10], shares: false), Start(2, [10], shares: false), Start(3, [10]) };
        first.End();
        await EndAsync(1);
        await EndAsync(2);
        await EndAsync(3);
        await Task.WhenAll([running, .. callers]);
    }

    [Fact]
    public async Task Embed_MuchLongerText_IsNoGuest()
    {
        var running = Start(9, [50]);
        var first = await NextAsync();
        var (small, large) = (Start(1, [5]), Start(2, [45]));   // 2 × 45 would fit, nearly half of it padding
        first.End();
        await EndAsync(1);
        await EndAsync(2);
        await Task.WhenAll(running, small, large);
    }

    [Fact]
    public async Task Embed_SmallCallBehindAHugeOne_ComesAfterOneRunOfIt()
    {
        var huge = Start(1, Enumerable.Repeat(90, 20));
        var first = await NextAsync();
        var small = Start(2, [30]);
        first.End();
        await EndAsync(2);
        await small;
        for (var i = 0; i < 19; i++)
        {
            await EndAsync(1);
        }

        Assert.Equal(20, (await huge).Length);
    }

    [Fact]
    public async Task Embed_TwoHugeCalls_TakeTurns()
    {
        var (one, other) = (Start(1, [90, 90, 90]), Task.CompletedTask);
        var first = await NextAsync();
        other = Start(2, [90, 90, 90]);
        first.End();
        foreach (var caller in new[] { 2, 1, 2, 1, 2 })
        {
            await EndAsync(caller);
        }

        await Task.WhenAll(one, other);
    }

    [Fact]
    public async Task Embed_CancelledWhileWaiting_LeavesTheQueueAtOnce()
    {
        using var stop = new CancellationTokenSource();
        var running = Start(9, [50]);
        var first = await NextAsync();
        var gone = scheduler.EmbedAsync([Text(10, 1)], isUrgent: true, shares: true, stop.Token);
        var stays = Start(2, [10]);
        await stop.CancelAsync();
        Assert.Equal(1, scheduler.Waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first.End();
        await EndAsync(2);
        await Task.WhenAll(running, stays);
        Assert.Equal(2, scheduler.Total.Runs);
    }

    [Fact]
    public async Task Embed_CancelledInsideARun_LeavesItsMatesTheirVectors()
    {
        using var stop = new CancellationTokenSource();
        var running = Start(9, [50]);
        var first = await NextAsync();
        var gone = scheduler.EmbedAsync([Text(10, 1), Text(95, 1)], isUrgent: false, shares: true, stop.Token);
        var mate = Start(2, [10]);
        first.End();
        var shared = await NextAsync();
        Assert.Equal([1, 2], shared.Texts.Select(t => t[0]));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        shared.End();
        Assert.Equal(10f, (await mate)[0][0]);
        await running;
        Assert.Equal(0, scheduler.Waiting);   // the second text of the one who left is not computed
    }

    [Fact]
    public async Task Embed_FailedRun_FailsOnlyThoseWhoseTextsWereInIt()
    {
        var running = Start(9, [50]);
        var first = await NextAsync();
        var (one, two, other) = (Start(1, [10, 95]), Start(2, [11]), Start(3, [60]));
        first.End();
        var shared = await NextAsync();
        Assert.Equal([1, 2], shared.Texts.Select(t => t[0]));
        shared.Ended.SetException(new InferenceException(InferenceFailure.Failed, "broken"));
        await Assert.ThrowsAsync<InferenceException>(() => one);
        await Assert.ThrowsAsync<InferenceException>(() => two);
        await EndAsync(3);
        await Task.WhenAll(running, other);
        var after = Start(4, [10]);
        await EndAsync(4);
        await after;
    }

    private static int[] Text(int length, int caller) => [.. Enumerable.Repeat(caller, length)];

    private Task<float[][]> Start(int caller, IEnumerable<int> lengths, bool isUrgent = false, bool shares = true) =>
        scheduler.EmbedAsync([.. lengths.Select(length => Text(length, caller))], isUrgent, shares, Cancel);

    private async Task<Run> NextAsync() => await runs.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Cancel);

    private async Task EndAsync(params int[] callers)
    {
        var run = await NextAsync();
        Assert.Equal(callers, run.Texts.Select(text => text[0]));
        run.End();
    }

    private sealed record Run(IReadOnlyList<int[]> Texts)
    {
        public TaskCompletionSource<float[][]> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End() => Ended.SetResult([.. Texts.Select(text => new float[] { text.Length })]);
    }
}
