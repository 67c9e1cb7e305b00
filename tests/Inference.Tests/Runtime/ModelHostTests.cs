using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rag.Inference.Chat;
using Rag.Inference.Embeddings;
using Rag.Inference.Models;
using Rag.Inference.Remote;
using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Runtime;

/// <summary>Models that are missing or changed, and settings that are wrong.</summary>
public sealed class ModelHostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ModelsMissing_RunsAndNamesTheFile()
    {
        using var models = new CopiedModels();
        await using var services = InferenceHost.Build(("ModelsFolder", models.Root));
        await StartAsync(services);

        var chat = services.GetRequiredService<IChatClient>();
        var error = await Assert.ThrowsAsync<InferenceException>(() => chat.GetResponseAsync("Hi", null, Cancel));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        Assert.Contains(Path.Combine(models.Root, ShippedModels.Chat, "model.json"), error.Message, StringComparison.Ordinal);
        Assert.Null(chat.GetService<ChatModelInfo>());

        var embeddings = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        error = await Assert.ThrowsAsync<InferenceException>(() => embeddings.GenerateAsync(["a"], null, Cancel));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);

        var status = services.GetRequiredService<InferenceStatus>().Models;
        Assert.Equal([ModelKind.Chat, ModelKind.Embedding], status.Select(m => m.Kind));
        Assert.Equal(ModelState.Failed, status[1].State);
        Assert.Contains(ShippedModels.Embedding, status[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("vocab.txt")]
    public async Task Generate_FileChanged_RefusesAndNamesItUntilItIsPutBack(string name)
    {
        using var models = new CopiedModels();
        var file = Path.Combine(models.Add(ShippedModels.EmbeddingFolder), name);
        var bytes = await File.ReadAllBytesAsync(file, Cancel);
        bytes[^2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancel);

        var clock = new Clock();
        using var services = InferenceHost.Build(s => s.AddSingleton<TimeProvider>(clock), ("ModelsFolder", models.Root));
        var embeddings = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var error = await Assert.ThrowsAsync<InferenceException>(() => embeddings.GenerateAsync(["a"], null, Cancel));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);

        bytes[^2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancel);
        await Assert.ThrowsAsync<InferenceException>(() => embeddings.GenerateAsync(["a"], null, Cancel));   // not hashed again for every request
        clock.Now += TimeSpan.FromSeconds(4);
        Assert.Single(await embeddings.GenerateAsync(["a"], null, Cancel));
    }

    [Fact]
    public void Open_WeightsBesideTheGraphMissing_NamesThem()
    {
        using var models = new CopiedModels();
        var folder = models.Add(ShippedModels.ChatFolder);
        File.Delete(Path.Combine(folder, "model.onnx_data_2"));
        var factory = new SessionFactory(new(), new ExecutionProviderSelector(ExecutionProvider.Cpu, () => null));
        var error = Assert.Throws<InferenceException>(() => factory.Open(ModelFolder.Open(folder, ModelKind.Chat, 8_192)));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        Assert.Contains("model.onnx_data_2 is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_FileOutsideTheManifest_IsRefused() => Assert.Equal(
        InferenceFailure.Unavailable, Assert.Throws<InferenceException>(() => ShippedModels.ChatFolder.Verify("../secret")).Reason);

    [Theory]
    [InlineData("MaxBatchTokens", "10")]
    [InlineData("MaxQueueLength", "-1")]
    [InlineData("Threads", "1000")]
    [InlineData("ChatModel", "../elsewhere")]
    [InlineData("EmbeddingModel", "")]
    [InlineData("Provider", "7")]
    public void Options_OutOfRange_AreRefused(string key, string value)
    {
        using var services = InferenceHost.Build((key, value));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<InferenceOptions>());
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Default_AreValid()
    {
        using var services = InferenceHost.Build();
        Assert.Equal(ExecutionProvider.Auto, services.GetRequiredService<InferenceOptions>().Provider);
    }

    [Fact]
    public async Task Start_CudaDemandedAndMissing_FailsWithWhatToDo()
    {
        await using var services = InferenceHost.Build();
        using var warmup = new ModelWarmup(
            new() { Provider = ExecutionProvider.Cuda },
            new ExecutionProviderSelector(ExecutionProvider.Cuda, () => "There is no driver."),
            services.GetRequiredService<EndpointModels>(),
            services.GetRequiredService<ModelHost<EmbeddingModel>>(),
            services.GetRequiredService<ModelHost<ChatModel>>());
        var error = await Assert.ThrowsAsync<InferenceException>(() => warmup.StartAsync(Cancel));
        Assert.Contains("There is no driver. Set Inference:Provider", error.Message, StringComparison.Ordinal);
    }

    private static async Task StartAsync(IServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StartAsync(Cancel);
            await ((service as BackgroundService)?.ExecuteTask ?? Task.CompletedTask);
        }
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
