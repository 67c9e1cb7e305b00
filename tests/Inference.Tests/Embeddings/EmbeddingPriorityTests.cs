using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Embeddings;

namespace Rag.Inference.Tests.Embeddings;

/// <summary>What a person waits for overtakes files that are being read, between two of their runs.</summary>
public sealed class EmbeddingPriorityTests
{
    // About 100 tokens: with a budget of 128, each is a run of its own.
    private static readonly string[] FiveRuns = [.. Enumerable.Range(1, 5).Select(i => string.Concat(Enumerable.Repeat($"Sentence {i} of the sea. ", 15)))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generate_QuestionWhileAFileIsRead_IsThereLongBeforeItsEnd()
    {
        await using var services = InferenceHost.Build(("MaxBatchTokens", "128"));
        var (scheduler, generator) = (services.GetRequiredService<EmbeddingScheduler>(), services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
        var file = generator.GenerateAsync(Enumerable.Repeat(FiveRuns, 40).SelectMany(runs => runs), Options(InferenceProperties.Background), Cancel);
        var (question, sentences) = (Options(null, InferenceProperties.Query), Options(InferenceProperties.Interactive));
        await generator.GenerateAsync(["How deep is the sea?"], question, Cancel);
        await generator.GenerateAsync(FiveRuns, sentences, Cancel);
        Assert.False(file.IsCompleted);
        Assert.Equal(200, (await file).Count);
        Assert.Equal(0, scheduler.Waiting);
    }

    [Fact]
    public async Task Generate_CancelledBetweenTwoRuns_FreesTheModel()
    {
        await using var services = InferenceHost.Build(("MaxBatchTokens", "128"));
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var file = generator.GenerateAsync(Enumerable.Repeat(FiveRuns, 40).SelectMany(runs => runs), Options(InferenceProperties.Background), stop.Token);
        await generator.GenerateAsync(["How deep is the sea?"], Options(InferenceProperties.Interactive), Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => file);
        Assert.Equal(5, (await generator.GenerateAsync(FiveRuns, Options(InferenceProperties.Background), Cancel)).Count);
    }

    [Fact]
    public async Task Generate_ManyCallersAtOnce_TakeFewerRunsThanCallersAndGetTheirOwnVectors()
    {
        await using var services = InferenceHost.Build();
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var file = generator.GenerateAsync(FiveRuns, Options(InferenceProperties.Background), Cancel);   // keeps the model while the others come
        string[] texts = [.. Enumerable.Range(0, 16).Select(i => $"Station {i} measured the bay.")];
        var scheduler = services.GetRequiredService<EmbeddingScheduler>();
        var together = await Task.WhenAll(texts.Select(text => generator.GenerateAsync([text], Options(InferenceProperties.Background), Cancel)));
        await file;
        Assert.InRange(scheduler.Total.Runs, 2, 15);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal((await generator.GenerateAsync([texts[i]], null, Cancel))[0].Vector.ToArray(), together[i][0].Vector.ToArray());
        }
    }

    [Fact]
    public async Task Generate_UnknownPriority_IsAnInvalidOption()
    {
        await using var services = InferenceHost.Build();
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>()
            .GenerateAsync(["a"], Options("high"), Cancel));
        Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
        Assert.Contains(InferenceProperties.Priority, error.Message, StringComparison.Ordinal);
    }

    private static EmbeddingGenerationOptions Options(string? priority, string role = InferenceProperties.Passage) =>
        new() { AdditionalProperties = new() { [InferenceProperties.Role] = role, [InferenceProperties.Priority] = priority } };
}
