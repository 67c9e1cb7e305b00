using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Embeddings;
using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Embeddings;

public sealed class RunMatesTests(InferenceHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void MakeNoDifference_VectorFromTheTextAlone_IsTrue() =>
        Assert.True(RunMates.MakeNoDifference(new HashSet<string>(), texts => [.. texts.Select(t => new float[] { t.Sum() })]));

    [Fact]
    public void MakeNoDifference_VectorWithAShareOfTheRun_IsFalse() =>
        Assert.False(RunMates.MakeNoDifference(new HashSet<string>(), texts => [.. texts.Select(t => new[] { t.Sum() + (1e-6f * texts.Max(other => other.Length)) })]));

    [Fact]
    public void MakeNoDifference_GraphThatQuantisesByTheWholeRun_IsFalseUntried() =>
        Assert.False(RunMates.MakeNoDifference(new HashSet<string> { "DynamicQuantizeLinear" }, _ => throw new InvalidOperationException()));

    /// <summary>What sharing rests on: static scales, so a vector is the same bit for bit.</summary>
    [Fact]
    public async Task Generate_SharedModel_GivesTheSameBitsAloneAndBesideOthers()
    {
        using var rental = await host.Services.GetRequiredService<ModelHost<EmbeddingModel>>().RentAsync(Cancel);
        Assert.True(rental.Model.IsIndependent, "This processor's kernels make vectors depend on the run: right all the same, for then callers do not share runs; but this test, made on AVX-512, is wrong.");
        string[] texts = ["The sea is deep.", "A ship.", "How deep is the sea at its deepest place, and who measured it?"];
        var together = await host.Embeddings.GenerateAsync(texts, null, Cancel);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal((await host.Embeddings.GenerateAsync([texts[i]], null, Cancel))[0].Vector.ToArray(), together[i].Vector.ToArray());
        }
    }
}
