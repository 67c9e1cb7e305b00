using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Chat;

/// <summary>The chat client over the real model.</summary>
public sealed class OnnxChatClientTests(InferenceHost host)
{
    private const string Essay = "Explain photosynthesis in simple words.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IChatClient Chat => host.Services.GetRequiredService<IChatClient>();

    [Fact]
    public async Task GetResponse_Greedy_GivesTheKnownTextUsageAndReason()
    {
        var response = await Chat.GetResponseAsync("What is the capital of France?", Greedy(32), Cancel);
        Assert.Equal("The capital of France is Paris.", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((37L, 8L), (response.Usage!.InputTokenCount!.Value, response.Usage.OutputTokenCount!.Value));
        Assert.Equal(ShippedModels.Chat, response.ModelId);
    }

    [Fact]
    public async Task GetStreamingResponse_Greedy_StartsWithThePlaceAndEndsWithTheUsage()
    {
        var updates = await Chat.GetStreamingResponseAsync("What is the capital of France?", Greedy(32), Cancel).ToListAsync(Cancel);
        Assert.IsType<int>(updates[0].AdditionalProperties![InferenceProperties.QueuePosition]);
        Assert.Empty(updates[0].Text);
        Assert.True(updates.Count(u => u.Text.Length > 0) >= 5);   // streamed, not sent as one
        Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
    }

    [Fact]
    public async Task GetResponse_MaxOutputTokens_EndsWithLength()
    {
        var response = await Chat.GetResponseAsync(Essay, Greedy(5), Cancel);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal(5, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task GetResponse_StopSequenceAcrossTokens_EndsBeforeIt()
    {
        var whole = (await Chat.GetResponseAsync(Essay, Greedy(24), Cancel)).Text;
        var options = Greedy(24);
        options.StopSequences = ["never said", whole[20..40]];   // from the middle of a word over several tokens
        var response = await Chat.GetResponseAsync(Essay, options, Cancel);
        Assert.Equal(whole[..20], response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task GetResponse_SameSeed_GivesTheSameTextAndAnotherSeedAnother()
    {
        var first = await Sampled(7);
        Assert.Equal(first, await Sampled(7));
        Assert.NotEqual(first, await Sampled(8));

        async Task<string> Sampled(long seed) => (await Chat.GetResponseAsync(
            Essay, new() { Temperature = 1.2f, TopP = 0.95f, TopK = 50, Seed = seed, MaxOutputTokens = 16 }, Cancel)).Text;
    }

    [Fact]
    public async Task GetResponse_ModelsOwnPenalty_EndsALoopThatPlainArgmaxStaysIn()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.System, "You answer from the passages."),
            new(ChatRole.User, "Passages:\n[1] The refund period is 30 days from delivery. Refunds are paid within five working days.\n[2] Standard shipping takes 3 to 5 days. Express shipping takes one day and costs 12 euros.\n[3] The warranty covers manufacturing defects for two years.\n\nQuestion: How long is the refund period?"),
        ];
        var plain = (await Chat.GetResponseAsync(messages, Greedy(48), Cancel)).Text;
        Assert.StartsWith("The refund period is 30 days from delivery.\nThe refund period is 30 days from delivery.", plain, StringComparison.Ordinal);

        var penalised = (await Chat.GetResponseAsync(messages, new() { MaxOutputTokens = 48 }, Cancel)).Text;
        Assert.StartsWith("The refund period is 30 days from delivery", penalised, StringComparison.Ordinal);
        Assert.Single(penalised.Split("The refund period is 30 days from delivery").Skip(1));
    }

    [Fact]
    public async Task GetStreamingResponse_Cancelled_StopsAndFreesTheModel()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var pieces = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Chat.GetStreamingResponseAsync(Essay, Greedy(4_000), stop.Token))
            {
                if (update.Text.Length > 0 && ++pieces == 3)
                {
                    await stop.CancelAsync();
                }
            }
        });
        // At most the pieces written before the cancellation was seen.
        Assert.InRange(pieces, 3, 6);
        Assert.Equal("The capital of France is Paris.", (await Chat.GetResponseAsync("What is the capital of France?", Greedy(32), Cancel)).Text);
    }

    [Fact]
    public async Task GetStreamingResponse_CancelledWithinALongPrompt_StopsWithinIt()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var prompt = string.Join(' ', Enumerable.Repeat("sea", 7_000));
        var start = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Chat.GetStreamingResponseAsync(prompt, Greedy(4), stop.Token))
            {
                Assert.Empty(update.Text);
                if (update.AdditionalProperties?[InferenceProperties.QueuePosition] is 0)
                {
                    stop.CancelAfter(TimeSpan.FromMilliseconds(300));
                }
            }
        });
        // Reading all of it takes over ten seconds.
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task GetStreamingResponse_ReaderLeaves_FreesTheModel()
    {
        await foreach (var update in Chat.GetStreamingResponseAsync(Essay, Greedy(4_000), Cancel))
        {
            if (update.Text.Length > 0)
            {
                break;
            }
        }

        Assert.Equal("The capital of France is Paris.", (await Chat.GetResponseAsync("What is the capital of France?", Greedy(32), Cancel)).Text);
    }

    [Fact]
    public async Task GetStreamingResponse_ModelInUse_TellsThePlaceAndThenBusy()
    {
        await using var services = InferenceHost.Build(("MaxQueueLength", "1"), ("Slots", "1"));
        var chat = services.GetRequiredService<IChatClient>();
        await using var first = chat.GetStreamingResponseAsync(Essay, Greedy(4_000), Cancel).GetAsyncEnumerator(Cancel);
        while (await first.MoveNextAsync() && first.Current.Text.Length == 0)
        {
        }

        await using var second = chat.GetStreamingResponseAsync("What is the capital of France?", Greedy(32), Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await second.MoveNextAsync());
        Assert.Equal(1, second.Current.AdditionalProperties![InferenceProperties.QueuePosition]);
        Assert.Equal(1, services.GetRequiredService<InferenceStatus>().Models[0].QueueLength);

        var busy = await Assert.ThrowsAsync<InferenceException>(() => chat.GetResponseAsync("Hi", Greedy(4), Cancel));
        Assert.Equal(InferenceFailure.Busy, busy.Reason);

        await first.DisposeAsync();
        Assert.True(await second.MoveNextAsync());
        Assert.Equal(0, second.Current.AdditionalProperties![InferenceProperties.QueuePosition]);
        var text = "";
        while (await second.MoveNextAsync())
        {
            text += second.Current.Text;
        }

        Assert.Equal("The capital of France is Paris.", text);
        var status = services.GetRequiredService<InferenceStatus>().Models[0];
        Assert.Equal((ModelState.Ready, 0), (status.State, status.QueueLength));
        Assert.True(status.TokensPerSecond > 0);
        Assert.False(string.IsNullOrEmpty(status.ProviderReason));
    }

    [Fact]
    public async Task GetResponse_SecondTurnOfAConversation_ReusesTheFirst()
    {
        List<ChatMessage> messages = [new(ChatRole.User, "What is the capital of France?")];
        var first = await Chat.GetResponseAsync(messages, Conversation("a"), Cancel);
        messages.AddRange(first.Messages);
        messages.Add(new(ChatRole.User, "And of Italy?"));
        var cached = await Chat.GetResponseAsync(messages, Conversation("a"), Cancel);
        Assert.True(cached.Usage!.CachedInputTokenCount >= 37 + 7);

        var fresh = await Chat.GetResponseAsync(messages, Greedy(16), Cancel);
        Assert.Equal(0, fresh.Usage!.CachedInputTokenCount);
        Assert.Equal(fresh.Text, cached.Text);

        static ChatOptions Conversation(string id)
        {
            var options = Greedy(16);
            options.ConversationId = id;
            return options;
        }
    }

    [Fact]
    public async Task GetResponse_PromptBeyondTheContext_IsTooLong()
    {
        var error = await Assert.ThrowsAsync<InferenceException>(
            () => Chat.GetResponseAsync(string.Join(' ', Enumerable.Repeat("sea", 8_200)), Greedy(4), Cancel));
        Assert.Equal(InferenceFailure.PromptTooLong, error.Reason);
    }

    [Fact]
    public void GetService_Facts_AreThereWithoutLoadingTheModel()
    {
        using var services = InferenceHost.Build();
        var chat = services.GetRequiredService<IChatClient>();
        var info = Assert.IsType<ChatModelInfo>(chat.GetService<ChatModelInfo>());
        Assert.Equal((ShippedModels.Chat, "SmolLM2-135M-Instruct", 8_192, AnswerStyle.Quote), (info.Id, info.DisplayName, info.ContextLength, info.AnswerStyle));
        Assert.Equal(2, chat.GetService<ITextTokenCounter>()!.Count("hello world"));
        Assert.Equal(ModelState.NotLoaded, services.GetRequiredService<InferenceStatus>().Models[0].State);
    }

    // Plain argmax.
    private static ChatOptions Greedy(int tokens) => new()
    {
        Temperature = 0,
        MaxOutputTokens = tokens,
        AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = 1.0 },
    };
}
