using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Runtime;

public sealed class ModelSelfTestTests
{
    private readonly FakeTimeProvider clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ShippedModels_WorkAndRepeatThemselves()
    {
        await using var services = InferenceHost.Build(("Provider", "Cpu"));
        var results = await services.GetRequiredService<ModelSelfTest>().RunAsync(Cancel);
        Assert.Equal([ModelKind.Chat, ModelKind.Embedding], results.Select(r => r.Kind));
        Assert.All(results, result => Assert.Equal((null, true, ExecutionProvider.Cpu), (result.Problem, result.Deterministic, result.Provider)));
        Assert.All(results, result => Assert.True(result.TokensPerSecond > 0));

        var status = services.GetRequiredService<InferenceStatus>().Models;
        Assert.All(status, model => Assert.Equal("model.onnx", model.Graph));
        Assert.All(status, model => Assert.True(model.WeightBytes > 10_000_000));
        Assert.All(status, model => Assert.True(model.TokensPerSecond > 0));
    }

    [Fact]
    public async Task Chat_TokensPerSecond_AreTheTokensAfterTheFirstByTheTimeSinceIt()
    {
        var result = (await Test(new Chat(clock, TimeSpan.FromMilliseconds(100), "a", "b", "c"), new Vectors(clock)).RunAsync(Cancel))[0];
        Assert.Equal(10, result.TokensPerSecond!.Value, 6);   // three tokens, two times 100 ms
        Assert.True(result.Deterministic);
    }

    [Fact]
    public async Task Chat_OtherWordsTheSecondTime_IsNotDeterministic() =>
        Assert.False((await Test(new Chat(clock, TimeSpan.FromMilliseconds(1), "a", "b") { Drifts = true }, new Vectors(clock)).RunAsync(Cancel))[0].Deterministic);

    [Fact]
    public async Task Chat_Slow_IsCutAndStillCompared()
    {
        var chat = new Chat(clock, TimeSpan.FromSeconds(3), [.. Enumerable.Repeat("word ", 48)]);
        var result = (await Test(chat, new Vectors(clock)).RunAsync(Cancel))[0];
        Assert.True(result.Deterministic);
        Assert.Equal(1 / 3.0, result.TokensPerSecond!.Value, 6);
        Assert.Equal(6, chat.Given);   // of each answer those of 6 seconds
    }

    [Fact]
    public async Task Chat_Missing_IsAResultAndTheOtherModelIsStillTried()
    {
        var results = await Test(new Chat(clock, TimeSpan.Zero) { Failure = new(InferenceFailure.Unavailable, "It is missing.") }, new Vectors(clock)).RunAsync(Cancel);
        Assert.Equal(("It is missing.", null, null), (results[0].Problem, results[0].Deterministic, results[0].Provider));
        Assert.Equal((null, true), (results[1].Problem, results[1].Deterministic));
    }

    [Fact]
    public async Task Embedding_OtherNumbersOrNone_AreSeen()
    {
        var chat = new Chat(clock, TimeSpan.FromMilliseconds(1), "a", "b");
        Assert.False((await Test(chat, new Vectors(clock) { Drifts = true }).RunAsync(Cancel))[1].Deterministic);
        Assert.Contains("no number", (await Test(chat, new Vectors(clock) { Value = float.NaN }).RunAsync(Cancel))[1].Problem, StringComparison.Ordinal);
        // 8 texts of 10 tokens each, a second a run.
        Assert.Equal(80, (await Test(chat, new Vectors(clock)).RunAsync(Cancel))[1].TokensPerSecond!.Value, 6);
    }

    [Fact]
    public async Task Run_Cancelled_Ends()
    {
        using var stop = new CancellationTokenSource();
        var chat = new Chat(clock, TimeSpan.FromMilliseconds(1), "a", "b") { AtFirst = stop.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Test(chat, new Vectors(clock)).RunAsync(stop.Token));
    }

    private ModelSelfTest Test(IChatClient chat, IEmbeddingGenerator<string, Embedding<float>> vectors) => new(
        () => chat, () => vectors,
        new InferenceStatus(
            () => new("small", ModelKind.Chat, ModelState.Ready, null, ExecutionProvider.Cpu, "", null, 0),
            () => new("bge", ModelKind.Embedding, ModelState.Ready, null, ExecutionProvider.Cpu, "", null, 0)),
        clock);

    private sealed class Chat(FakeTimeProvider clock, TimeSpan each, params string[] words) : IChatClient
    {
        private int answers;

        public bool Drifts { get; init; }

        public InferenceException? Failure { get; init; }

        public Action AtFirst { get; init; } = () => { };

        public int Given { get; private set; }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Assert.Equal(0, options!.Temperature);
            answers++;
            if (Failure is not null)
            {
                throw Failure;
            }

            foreach (var word in words)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Given++;
                yield return new(ChatRole.Assistant, Drifts && answers == 2 ? word + "!" : word);
                AtFirst();
                clock.Advance(each);
            }

            await Task.CompletedTask;
            yield return new(ChatRole.Assistant, [new UsageContent(new() { OutputTokenCount = words.Length })]);
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class Vectors(FakeTimeProvider clock) : IEmbeddingGenerator<string, Embedding<float>>
    {
        private int runs;

        public bool Drifts { get; init; }

        public float Value { get; init; } = 0.5f;

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            var number = Drifts && runs++ > 0 ? MathF.BitIncrement(Value) : Value;
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(_ => new Embedding<float>(new[] { number })))
            {
                Usage = new() { InputTokenCount = 10 * values.Count() },
            });
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
