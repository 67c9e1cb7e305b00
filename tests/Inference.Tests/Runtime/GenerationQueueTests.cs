using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Runtime;

public sealed class GenerationQueueTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ahead_OthersLeave_CountsDownInOrder()
    {
        var queue = new GenerationQueue(new InferenceOptions { MaxQueueLength = 2 });
        var (first, second, third) = (queue.Enter(), queue.Enter(), queue.Enter());
        Assert.Equal(2, queue.Waiting);
        await using var seen = third.AheadAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await seen.MoveNextAsync());
        Assert.Equal(2, seen.Current);

        second.Dispose();   // gave up while waiting
        Assert.True(await seen.MoveNextAsync());
        Assert.Equal(1, seen.Current);

        first.Dispose();
        Assert.True(await seen.MoveNextAsync());
        Assert.Equal(0, seen.Current);
        Assert.False(await seen.MoveNextAsync());
    }

    [Fact]
    public void Enter_QueueFull_IsBusyUntilOneLeaves()
    {
        var queue = new GenerationQueue(new InferenceOptions { MaxQueueLength = 1 });
        var running = queue.Enter();
        _ = queue.Enter();
        Assert.Equal(InferenceFailure.Busy, Assert.Throws<InferenceException>(() => queue.Enter()).Reason);
        running.Dispose();
        running.Dispose();
        _ = queue.Enter();
        Assert.Throws<InferenceException>(() => queue.Enter());
    }

    [Fact]
    public async Task Ahead_TwoAtOnce_BothRunAndTheThirdWaits()
    {
        var queue = new GenerationQueue(new InferenceOptions { MaxQueueLength = 2 });
        queue.Widen(2);
        var (first, second, third) = (queue.Enter(), queue.Enter(), queue.Enter());
        Assert.Equal((0, 0, 1), (await Now(first), await Now(second), await Now(third)));
        Assert.Equal(1, queue.Waiting);
        second.Dispose();
        Assert.Equal(0, await Now(third));
    }

    [Fact]
    public async Task Ahead_OneAsksOften_AnotherDoesNotWaitForAllOfThem()
    {
        var queue = new GenerationQueue(new InferenceOptions { MaxQueueLength = 8 });
        using var running = queue.Enter("a");
        var own = new[] { queue.Enter("a"), queue.Enter("a"), queue.Enter("a") };
        var other = queue.Enter("b");
        Assert.Equal(1, await Now(other));
        Assert.Equal((2, 3, 4), (await Now(own[0]), await Now(own[1]), await Now(own[2])));

        // And those who ask anew do not overtake for ever.
        running.Dispose();
        other.Dispose();
        var late = queue.Enter("c");
        Assert.Equal(0, await Now(own[0]));
        Assert.Equal(1, await Now(late));
        own[0].Dispose();
        late.Dispose();
        var later = queue.Enter("d");
        Assert.Equal((0, 1), (await Now(own[1]), await Now(later)));
        Assert.Equal(2, await Now(own[2]));
    }

    [Fact]
    public void Estimate_AfterOneHasRun_IsItsTimeTimesThoseAhead()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var queue = new GenerationQueue(new InferenceOptions(), clock);
        var first = queue.Enter();
        Assert.Null(queue.Estimate(1));
        clock.Advance(TimeSpan.FromSeconds(4));
        first.Dispose();
        Assert.Equal(TimeSpan.FromSeconds(8), queue.Estimate(2));
        queue.Widen(2);
        Assert.Equal(TimeSpan.FromSeconds(4), queue.Estimate(2));
    }

    private static async Task<int> Now(GenerationQueue.Place place)
    {
        await foreach (var ahead in place.AheadAsync(Cancel))
        {
            return ahead;
        }

        return -1;
    }
}
