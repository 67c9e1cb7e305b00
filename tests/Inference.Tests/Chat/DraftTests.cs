using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Chat;
using Rag.Inference.Chat.Drafts;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Chat;

/// <summary>Guesses make answers faster and never change them.</summary>
public sealed class DraftTests
{
    private static readonly ModelFolder Folder = ShippedModels.ChatFolder;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5)]
    [InlineData(300)]
    public void Run_SeveralTokensAtOnce_GivesTheBitsOfSingleSteps(int prompt)
    {
        var graph = new SessionFactory(new(), new(ExecutionProvider.Cpu, () => null)).Open(Folder, DraftRuns.Tokens);
        var ids = Golden.Read<Windows>("chat/loss.json").Ids;
        using var weights = graph.Weights;
        using var session = graph.Session;
        using var block = DecodeLoop.Block(graph, Folder.Manifest, 2, 128);
        DecodeLoop[] loops = [.. Enumerable.Range(0, 2).Select(slot => new DecodeLoop(graph, Folder.Manifest, 512, block, slot))];
        using var single = new BatchStep(graph, Folder.Manifest.VocabularySize, block, loops);
        using var drafts = new DraftStep(graph.Drafts!, Folder.Manifest.VocabularySize, block, loops);
        loops[0].Read(ids.AsSpan(0, prompt), Cancel);
        loops[1].Read(ids.AsSpan(0, prompt), Cancel);
        for (var at = prompt; at < prompt + 40; at += DraftRuns.Tokens - 2)   // the last guesses count as wrong, and are read again
        {
            drafts.Run(1, ids[at], ids.AsSpan(at + 1, DraftRuns.Tokens - 1));
            for (var place = 0; place < DraftRuns.Tokens - 2; place++)
            {
                single.Add(0, ids[at + place]);
                single.Run();
                Assert.True(single.Logits(0).SequenceEqual(drafts.Logits(place)), $"token {at + place}");
                loops[1].Append(ids[at + place]);
            }
        }

        Array.ForEach(loops, loop => loop.Dispose());
    }

    [Fact]
    public async Task GetResponse_WithAndWithoutGuesses_AnswersAlike()
    {
        const string passage = "The lease of the harbour house begins on the first of March and ends after eleven years. The rent is 4,250 euros a month, to be paid in advance. "
            + "Pets need the written consent of the owner. The tenant cleans the gutters twice a year.";
        string[] questions = [$"{passage}\n\nRepeat this text word by word.", $"{passage}\n\nWhat is the rent? Quote the sentence.", "Why is the sky blue?"];
        await using var with = InferenceHost.Build(("Speculation", "true"));
        await using var without = InferenceHost.Build(("Speculation", "false"));
        foreach (var (temperature, penalty) in new[] { (0f, 1f), (0f, 1.1f), (0.8f, 1f) })
        {
            var options = new ChatOptions { Temperature = temperature, Seed = 7, MaxOutputTokens = 60, AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = penalty } };
            var before = await GuessedAsync(with);
            foreach (var question in questions)
            {
                Assert.Equal(await AnswerAsync(without, question, options), await AnswerAsync(with, question, options));
            }

            var after = await GuessedAsync(with);
            var (runs, tokens) = (after.Runs - before.Runs, after.Tokens - before.Tokens);
            Assert.True(runs > 0 && (temperature > 0 || penalty > 1 || tokens > runs), $"{tokens} tokens in {runs} runs");
        }

        Assert.Equal(0, (await GuessedAsync(without)).Runs);

        static async Task<string> AnswerAsync(ServiceProvider host, string question, ChatOptions options) =>
            (await host.GetRequiredService<IChatClient>().GetResponseAsync(question, options, Cancel)).Text;

        static async Task<(long Runs, long Tokens)> GuessedAsync(ServiceProvider host)
        {
            using var rental = await host.GetRequiredService<ModelHost<ChatModel>>().RentAsync(Cancel);
            return rental.Model.Engine.Guessed;
        }
    }

    [Fact]
    public void Guess_TokensStoodBefore_GoesOnAsThere()
    {
        var lookup = new PromptLookup([1, 2, 3, 4, 5, 6, 7, 9, 2, 3, 4, 5, 8, 0], 100);
        Span<int> guesses = stackalloc int[3];
        Assert.Equal(0, lookup.Guess(guesses));
        Append(2, 3, 4);
        Assert.Equal(0, lookup.Guess(guesses));       // three alike may be chance
        Append(5);
        Assert.Equal(3, lookup.Guess(guesses));
        Assert.Equal([8, 0, 2], guesses.ToArray());   // the later place of two
        Append(6);
        Assert.Equal(3, lookup.Guess(guesses));
        Assert.Equal([7, 9, 2], guesses.ToArray());

        void Append(params int[] tokens) => Array.ForEach(tokens, lookup.Append);
    }

    [Fact]
    public void Guess_WrongAllTheTime_RestsLongerAndLonger()
    {
        var lookup = new PromptLookup([1, 2, 1, 2, 1, 2], 1_000);
        Span<int> guesses = stackalloc int[3];
        var runs = 0;
        for (var token = 0; token < 600; token++)
        {
            if (lookup.Guess(guesses) > 0)
            {
                runs++;
                lookup.Gained(1, 2);
            }

            lookup.Append(token % 2 == 0 ? 1 : 2);
        }

        Assert.InRange(runs, 4, 10);
    }

    [Fact]
    public void Rewrite_AnAttentionOfAnotherKind_IsLeftAlone()
    {
        Assert.Null(DraftGraph.Rewrite(TinyAttention(inputs: 10), 4));
        Assert.NotNull(DraftGraph.Rewrite(TinyAttention(inputs: 9), 4));
    }

    // A graph of nothing but an attention with so many inputs.
    private static byte[] TinyAttention(int inputs)
    {
        using var node = new MemoryStream();
        for (var i = 0; i < inputs; i++)
        {
            ProtoFields.Write(node, 1, $"in{i}");
        }

        ProtoFields.Write(node, 2, "out");
        ProtoFields.Write(node, 2, "present.0.key");
        ProtoFields.Write(node, 2, "present.0.value");
        ProtoFields.Write(node, 4, DraftGraph.Attention);
        using var graph = new MemoryStream();
        ProtoFields.Write(graph, 1, node.ToArray());
        using var model = new MemoryStream();
        ProtoFields.Write(model, 7, graph.ToArray());
        return model.ToArray();
    }

    private sealed record Windows(int[] Ids);
}
