using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Runtime;

public sealed class ExecutionProviderSelectorTests
{
    [Fact]
    public void Select_Auto_FallsBackAndSaysWhy()
    {
        var choice = new ExecutionProviderSelector(ExecutionProvider.Auto, () => "No driver.").Select(ShippedModels.ChatFolder.Manifest);
        Assert.Equal(new(ExecutionProvider.Cpu, "CUDA cannot be used. No driver."), choice);
    }

    [Fact]
    public void Select_AutoWithCuda_TakesIt() => Assert.Equal(
        ExecutionProvider.Cuda, new ExecutionProviderSelector(ExecutionProvider.Auto, () => null).Select(ShippedModels.ChatFolder.Manifest).Provider);

    [Fact]
    public void Select_ModelWithoutGraphForCuda_StaysOnTheCpu() => Assert.Equal(
        ExecutionProvider.Cpu, new ExecutionProviderSelector(ExecutionProvider.Cuda, () => null).Select(ShippedModels.EmbeddingFolder.Manifest).Provider);

    [Fact]
    public void Select_CudaMissing_IsUnavailable() => Assert.Equal(
        InferenceFailure.Unavailable,
        Assert.Throws<InferenceException>(() => new ExecutionProviderSelector(ExecutionProvider.Cuda, () => "No driver.").Select(ShippedModels.ChatFolder.Manifest)).Reason);

    [Fact]
    public void Select_Cpu_DoesNotAskForCuda() => Assert.Equal(
        ExecutionProvider.Cpu,
        new ExecutionProviderSelector(ExecutionProvider.Cpu, () => throw new InvalidOperationException()).Select(ShippedModels.ChatFolder.Manifest).Provider);
}
