using Rag.Inference.Embeddings;

namespace Rag.Inference.Tests.Embeddings;

public sealed class EmbeddingGateTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_QuestionBehindPassages_GoesFirst()
    {
        var gate = new EmbeddingGate();
        var running = await gate.EnterAsync(isUrgent: false, Cancel);
        var passage = gate.EnterAsync(isUrgent: false, Cancel);
        var question = gate.EnterAsync(isUrgent: true, Cancel);
        Assert.Equal(2, gate.Waiting);

        running.Dispose();
        using (await question)
        {
            Assert.False(passage.IsCompleted);
        }

        (await passage).Dispose();
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task Enter_WaiterCancelled_IsSteppedOver()
    {
        var gate = new EmbeddingGate();
        using var gone = new CancellationTokenSource();
        var running = await gate.EnterAsync(isUrgent: false, Cancel);
        var cancelled = gate.EnterAsync(isUrgent: true, gone.Token);
        var next = gate.EnterAsync(isUrgent: false, Cancel);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(1, gate.Waiting);
        running.Dispose();
        (await next).Dispose();
        using var free = await gate.EnterAsync(isUrgent: false, Cancel);
    }
}
