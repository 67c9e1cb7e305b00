using Rag.Inference.Embeddings;
using Rag.Inference.Models;

namespace Rag.Inference.Tests.Embeddings;

public sealed class PoolingTests
{
    // Two texts, sequence 2, dimensions 2; the second text's last token is padding.
    private static readonly float[] Hidden = [1, 2, 3, 4, 5, 6, 99, 99];

    [Fact]
    public void Pool_Cls_TakesTheFirstToken() =>
        Assert.Equal([[1, 2], [5, 6]], Pooling.Pool(Hidden, [2, 1], 2, 2, PoolingKind.Cls));

    [Fact]
    public void Pool_Mean_LeavesPaddingOut() =>
        Assert.Equal([[2, 3], [5, 6]], Pooling.Pool(Hidden, [2, 1], 2, 2, PoolingKind.Mean));

    [Fact]
    public void Normalize_ZeroVector_StaysZero()
    {
        float[] zero = [0, 0];
        Pooling.Normalize(zero);
        Assert.Equal([0, 0], zero);
    }
}
