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
        Assert.Equal(InferenceFailure.Busy, Assert.Throws<InferenceException>(queue.Enter).Reason);
        running.Dispose();
        running.Dispose();
        _ = queue.Enter();
        Assert.Throws<InferenceException>(queue.Enter);
    }
}
