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
    public async Task Generate_InteractivePassages_MakeAllTheirRunsBeforeTheNextOneOfAFile()
    {
        await using var services = InferenceHost.Build(("MaxBatchTokens", "128"));
        var (gate, generator) = (services.GetRequiredService<EmbeddingGate>(), services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
        var running = await gate.EnterAsync(isUrgent: false, Cancel);
        var file = gate.EnterAsync(isUrgent: false, Cancel);
        var background = generator.GenerateAsync(FiveRuns, Options(InferenceProperties.Background), Cancel);
        var interactive = generator.GenerateAsync(FiveRuns, Options(InferenceProperties.Interactive), Cancel);
        while (gate.Waiting < 3)
        {
            await Task.Yield();
        }

        running.Dispose();
        // The file's turn is not given back before: did one of the five runs come behind it, this would never end.
        Assert.Equal(5, (await interactive.WaitAsync(TimeSpan.FromMinutes(1), Cancel)).Count);
        var turn = await file;
        Assert.False(background.IsCompleted);
        turn.Dispose();
        Assert.Equal(5, (await background).Count);
    }

    [Fact]
    public async Task Generate_QuestionWhileAFileIsRead_IsThereLongBeforeItsEnd()
    {
        await using var services = InferenceHost.Build(("MaxBatchTokens", "128"));
        var (gate, generator) = (services.GetRequiredService<EmbeddingGate>(), services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
        var file = generator.GenerateAsync(Enumerable.Repeat(FiveRuns, 40).SelectMany(runs => runs), Options(InferenceProperties.Background), Cancel);
        var (question, sentences) = (Options(null, InferenceProperties.Query), Options(InferenceProperties.Interactive));
        await generator.GenerateAsync(["How deep is the sea?"], question, Cancel);
        await generator.GenerateAsync(FiveRuns, sentences, Cancel);
        Assert.False(file.IsCompleted);
        Assert.Equal(200, (await file).Count);
        Assert.Equal(0, gate.Waiting);
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
