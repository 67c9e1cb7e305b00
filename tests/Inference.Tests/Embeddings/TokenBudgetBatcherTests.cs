using Rag.Inference.Embeddings;

namespace Rag.Inference.Tests.Embeddings;

public sealed class TokenBudgetBatcherTests
{
    [Fact]
    public void Cut_MixedLengths_KeepsEachRunWithinTheBudgetAndLosesNothing()
    {
        int[] lengths = [500, 12, 300, 7, 120, 400, 12, 260];
        var batches = TokenBudgetBatcher.Cut(lengths, 1_000);
        Assert.Equal(Enumerable.Range(0, lengths.Length), batches.SelectMany(b => b).Order());
        Assert.All(batches, batch => Assert.True(batch.Length * batch.Max(i => lengths[i]) <= 1_000));
        Assert.True(batches.Count < lengths.Length);
    }

    [Fact]
    public void Cut_InputLongerThanTheBudget_RunsAlone() =>
        Assert.Equal([[1], [0]], TokenBudgetBatcher.Cut([512, 100], 128));

    [Fact]
    public void Cut_Nothing_GivesNoRun() => Assert.Empty(TokenBudgetBatcher.Cut([], 1_000));
}
