using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tests.Models;

namespace Rag.Inference.Tests.Runtime;

public sealed class ExecutionProviderSelectorTests : IDisposable
{
    private const string ChatMl = "{{ '<|im_start|>' + message['role'] }}";

    private readonly TinyModels models = new();

    public void Dispose() => models.Dispose();

    [Fact]
    public void Select_Auto_FallsBackAndSaysWhy()
    {
        var choice = new ExecutionProviderSelector(ExecutionProvider.Auto, () => "No driver.").Select(ShippedModels.ChatFolder);
        Assert.Equal(new(ExecutionProvider.Cpu, "CUDA cannot be used. No driver."), choice);
    }

    [Fact]
    public void Select_AutoWithCuda_TakesItAndTheHalfGraph()
    {
        Assert.Equal(ExecutionProvider.Cuda, new ExecutionProviderSelector(ExecutionProvider.Auto, () => null).Select(ShippedModels.ChatFolder).Provider);
        Assert.Equal("model_fp16.onnx", ShippedModels.ChatFolder.CudaGraph);
    }

    [Fact]
    public void Select_ModelWithoutGraphForCuda_StaysOnTheCpuAndNamesTheFile()
    {
        var choice = new ExecutionProviderSelector(ExecutionProvider.Cuda, () => null).Select(ShippedModels.EmbeddingFolder);
        Assert.Equal(ExecutionProvider.Cpu, choice.Provider);
        Assert.Contains("has no model_fp16.onnx", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_GraphForCudaTakenAway_StaysOnTheCpu()
    {
        using var copied = new CopiedModels();
        var folder = copied.Add(ShippedModels.ChatFolder);
        File.Delete(Path.Combine(folder, "model_fp16.onnx"));
        var model = ModelFolder.Open(folder, ModelKind.Chat, 8_192);
        Assert.Null(model.CudaGraph);
        Assert.Equal(ExecutionProvider.Cpu, new ExecutionProviderSelector(ExecutionProvider.Auto, () => null).Select(model).Provider);
    }

    [Fact]
    public void CudaGraph_OfAFolderWithoutManifest_IsWhatLiesInIt()
    {
        var folder = models.AddOnnxCommunity("tiny", ChatMl, ["<|im_start|>", "<|im_end|>"]);
        ModelFolder Model() => ModelFolder.Open(folder, ModelKind.Chat, 8_192);
        Assert.Null(Model().CudaGraph);
        File.WriteAllBytes(Path.Combine(folder, "onnx", "model_q4f16.onnx"), []);
        Assert.Equal("onnx/model_q4f16.onnx", Model().CudaGraph);
        File.WriteAllBytes(Path.Combine(folder, "onnx", "model_fp16.onnx"), []);
        Assert.Equal("onnx/model_fp16.onnx", Model().CudaGraph);
        Assert.Equal("onnx/model.onnx", Model().Manifest.Graphs.Cpu);
    }

    [Fact]
    public void CudaGraph_NotListedByTheManifest_IsNotTaken()
    {
        using var copied = new CopiedModels();
        var folder = copied.Add(ShippedModels.EmbeddingFolder);
        File.WriteAllBytes(Path.Combine(folder, "model_fp16.onnx"), []);
        Assert.Null(ModelFolder.Open(folder, ModelKind.Embedding, 8_192).CudaGraph);
    }

    [Fact]
    public void Select_CudaMissing_IsUnavailableAndNamesIt()
    {
        var error = Assert.Throws<InferenceException>(() => new ExecutionProviderSelector(ExecutionProvider.Cuda, () => "No libcudnn.so.9.").Select(ShippedModels.ChatFolder));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        Assert.Contains("No libcudnn.so.9.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_Cpu_DoesNotAskForCuda() => Assert.Equal(
        ExecutionProvider.Cpu,
        new ExecutionProviderSelector(ExecutionProvider.Cpu, () => throw new InvalidOperationException()).Select(ShippedModels.ChatFolder).Provider);

    [Theory]
    [InlineData(ExecutionProvider.Cpu)]
    [InlineData(ExecutionProvider.Cuda)]
    public void CheckAtStart_FolderNotUsable_Fails(ExecutionProvider wanted) => Assert.Contains(
        "It has no library.",
        Assert.Throws<InferenceException>(new ExecutionProviderSelector(wanted, () => null, "It has no library.").CheckAtStart).Message, StringComparison.Ordinal);

    [Fact]
    public void Select_AutoAndFolderNotUsable_FallsBackAndSaysWhy() => Assert.Equal(
        new(ExecutionProvider.Cpu, "CUDA cannot be used. It has no library."),
        new ExecutionProviderSelector(ExecutionProvider.Auto, () => null, "It has no library.").Select(ShippedModels.ChatFolder));
}
