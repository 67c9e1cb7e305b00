using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Chat;

/// <summary>Several answers at once are the answers that each would have been alone.</summary>
public sealed class ChatEngineTests
{
    private static readonly ModelFolder Folder = ShippedModels.ChatFolder;

    private static readonly string[] Questions =
    [
        "What is the capital of France?", "Name three colours of a flag.", "Explain photosynthesis in simple words.", "Write a sentence about the sea.",
        "How many days has a week?", "What does a baker do?", "Tell me about the moon.", "Why is the sky blue?",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_RaggedRowsWithAnIdleOneBetween_GivesTheBitsOfSeparateRuns()
    {
        var graph = Graph();
        var ids = Golden.Read<Windows>("chat/loss.json").Ids;
        var prompts = new[] { ids[..70], ids[70..90], ids[90..240] };
        using var session = graph.Session;
        using var alone = new DecodeLoop(graph, Folder.Manifest, 512, 256, ownsSession: false);
        using var block = DecodeLoop.Block(graph, Folder.Manifest, 4, 256);
        DecodeLoop[] loops = [.. Enumerable.Range(0, 4).Select(slot => new DecodeLoop(graph, Folder.Manifest, 512, block, slot))];
        using var step = new BatchStep(graph, Folder.Manifest.VocabularySize, block, loops);
        int[] used = [0, 1, 3];
        foreach (var (slot, prompt) in used.Zip(prompts))
        {
            loops[slot].Read(prompt, Cancel);
        }

        loops[2].Read(ids.AsSpan(0, 30), Cancel);   // idle, but somebody wants it again
        for (var turn = 0; turn < 30; turn++)
        {
            foreach (var slot in used)
            {
                step.Add(slot, ids[300 + turn]);
            }

            step.Run();
            if (turn is 0 or 29)
            {
                for (var i = 0; i < used.Length; i++)
                {
                    alone.Rewind(0, 256);
                    alone.Read(prompts[i], Cancel);
                    Span<float> expected = [];
                    for (var token = 0; token <= turn; token++)
                    {
                        expected = alone.Read([ids[300 + token]], Cancel);
                    }

                    Assert.True(expected.SequenceEqual(step.Logits(used[i])), $"row {i}, step {turn}: off by {Off(expected, step.Logits(used[i]))}");
                }
            }
        }

        // What the idle slot held is whole.
        alone.Rewind(0, 256);
        alone.Read(ids.AsSpan(0, 30), Cancel);
        Assert.True(alone.Read([ids[30]], Cancel).SequenceEqual(loops[2].Read([ids[30]], Cancel)));
        Array.ForEach(loops, loop => loop.Dispose());
    }

    [Fact]
    public void Run_SteadyState_AllocatesNothing()
    {
        var graph = Graph();
        using var session = graph.Session;
        using var block = DecodeLoop.Block(graph, Folder.Manifest, 2, 256);
        DecodeLoop[] loops = [.. Enumerable.Range(0, 2).Select(slot => new DecodeLoop(graph, Folder.Manifest, 512, block, slot))];
        using var step = new BatchStep(graph, Folder.Manifest.VocabularySize, block, loops);
        var settings = GenerationSettings.From(new() { Temperature = 0.7f, TopP = 0.9f, TopK = 40, Seed = 1 }, Folder.Manifest, new());
        var samplers = new[] { new Sampler(settings, new HashSet<int>()), new Sampler(settings, new HashSet<int>()) };
        int[] tokens = [10, 20];
        Array.ForEach(loops, loop => loop.Rewind(0, 128));
        long before = 0;
        for (var turn = 0; turn < 40; turn++)
        {
            before = turn == 8 ? GC.GetAllocatedBytesForCurrentThread() : before;
            step.Add(0, tokens[0]);
            step.Add(1, tokens[1]);
            step.Run();
            tokens[0] = samplers[0].Next(step.Logits(0));
            tokens[1] = samplers[1].Next(step.Logits(1));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Array.ForEach(loops, loop => loop.Dispose());
    }

    [Fact]
    public async Task GetResponse_EightAtOnceAndSomeLeave_AnswersAsAlone()
    {
        await using var single = InferenceHost.Build(("Slots", "1"), ("LoadAtStart", "false"));
        var expected = new List<string>();
        foreach (var question in Questions)
        {
            expected.Add((await single.GetRequiredService<IChatClient>().GetResponseAsync(question, Greedy(24), Cancel)).Text);
        }

        await using var services = InferenceHost.Build(("Slots", "4"), ("MaxQueueLength", "20"), ("CacheMegabytes", "512"));
        var chat = services.GetRequiredService<IChatClient>();
        _ = await chat.GetResponseAsync("Hi", Greedy(2), Cancel);   // loaded
        var leaving = Enumerable.Range(0, 4).Select(i => LeaveAsync(chat, Questions[i], i * 2)).ToArray();
        var answers = await Task.WhenAll(Questions.Select(question => chat.GetResponseAsync(question, Greedy(24), Cancel)));
        await Task.WhenAll(leaving);
        Assert.Equal(expected, answers.Select(answer => answer.Text));
        using var rental = await services.GetRequiredService<ModelHost<ChatModel>>().RentAsync(Cancel);
        Assert.Equal(4, rental.Model.Slots);
        Assert.True(rental.Model.Engine.SharedSteps > 10);
    }

    [Fact]
    public async Task GetResponse_ALongPromptArrives_TheRunningAnswerGoesOnMeanwhile()
    {
        await using var services = InferenceHost.Build(("Slots", "2"));
        var chat = services.GetRequiredService<IChatClient>();
        await using var running = chat.GetStreamingResponseAsync("Tell a long story about the sea.", Greedy(2_000), Cancel).GetAsyncEnumerator(Cancel);
        while (await running.MoveNextAsync() && running.Current.Text.Length == 0)
        {
        }

        var joins = chat.GetResponseAsync(string.Join(' ', Enumerable.Repeat("sea", 900)), Greedy(1), Cancel);
        var pieces = 0;
        while (!joins.IsCompleted && await running.MoveNextAsync())
        {
            pieces++;
        }

        Assert.Equal(1, (await joins).Usage!.OutputTokenCount);
        Assert.True(pieces >= 3, $"only {pieces} pieces while the other prompt was read");
    }

    [Fact]
    public async Task GetResponse_OtherConversationOfTheAssistantMeanwhile_ReusesTheInstructionsOnly()
    {
        await using var services = InferenceHost.Build(("Slots", "2"));
        var chat = services.GetRequiredService<IChatClient>();
        Assert.Equal(0, await ReusedAsync("a", "one"));
        var shared = await ReusedAsync("b", "one");          // the same text, another conversation
        Assert.InRange(shared, 20, 60);
        Assert.True(await ReusedAsync("a", "one") > shared);  // its own slot is still there
        Assert.Equal(0, await ReusedAsync("a", "two"));   // the same conversation's name within another assistant

        async Task<long> ReusedAsync(string conversation, string scope)
        {
            var options = Greedy(4);
            options.ConversationId = $"{scope}/{conversation}";
            options.AdditionalProperties![InferenceProperties.PrefixScope] = scope;
            ChatMessage[] messages =
            [
                new(ChatRole.System, "You answer briefly, in one sentence, from the passages and from nothing else; you say so where they say nothing."),
                new(ChatRole.User, "What is the capital of France, and how many people live there today, in the city itself and around it?"),
            ];
            return (await chat.GetResponseAsync(messages, options, Cancel)).Usage!.CachedInputTokenCount!.Value;
        }
    }

    [Fact]
    public async Task WarmAsync_HistoryReadAhead_NextTurnReusesIt()
    {
        await using var services = InferenceHost.Build();
        var chat = services.GetRequiredService<IChatClient>();
        var options = Greedy(4);
        options.ConversationId = "a";
        List<ChatMessage> history = [new(ChatRole.User, "What is the capital of France?"), new(ChatRole.Assistant, "The capital of France is Paris.")];
        await chat.GetService<IPromptWarmer>()!.WarmAsync(history, options, Cancel);
        var next = await chat.GetResponseAsync([.. history, new(ChatRole.User, "And of Italy?")], options, Cancel);
        Assert.InRange(next.Usage!.CachedInputTokenCount!.Value, 44, next.Usage.InputTokenCount!.Value - 5);

        options.ConversationId = "b";
        Assert.Equal(0, (await chat.GetResponseAsync(history, options, Cancel)).Usage!.CachedInputTokenCount);
    }

    [Fact]
    public async Task GetStreamingResponse_LogProbabilities_TellsOnePerToken()
    {
        await using var services = InferenceHost.Build();
        var options = Greedy(8);
        options.AdditionalProperties![InferenceProperties.LogProbabilities] = true;
        var updates = await services.GetRequiredService<IChatClient>().GetStreamingResponseAsync("What is the capital of France?", options, Cancel).ToListAsync(Cancel);
        var tokens = updates.SelectMany(update => update.AdditionalProperties?.TryGetValue(InferenceProperties.LogProbabilities, out var known) is true
            ? (IReadOnlyList<TokenLogProbability>)known! : []).ToList();
        Assert.Equal("The capital of France is Paris.", string.Concat(tokens.Select(token => token.Text)));
        Assert.All(tokens, token => Assert.InRange(token.LogProbability, -5, 0));
    }

    private static async Task LeaveAsync(IChatClient chat, string question, int after)
    {
        await foreach (var update in chat.GetStreamingResponseAsync(question, Greedy(200), Cancel))
        {
            if (update.Text.Length > 0 && after-- == 0)
            {
                return;
            }
        }
    }

    private static float Off(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var difference = a.ToArray();
        TensorPrimitives.Subtract(difference, b, difference);
        return TensorPrimitives.MaxMagnitude<float>(difference);
    }

    private static OpenGraph Graph() => new SessionFactory(new(), new(ExecutionProvider.Cpu, () => null)).Open(Folder);

    private static ChatOptions Greedy(int tokens) => new()
    {
        Temperature = 0,
        MaxOutputTokens = tokens,
        AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = 1.0 },
    };

    private sealed record Windows(int[] Ids);
}
