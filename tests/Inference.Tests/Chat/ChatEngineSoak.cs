using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Rag.Inference.Tests.Chat;

/// <summary>Hours of chat in minutes: many at once with people leaving, and what stays in memory. Run by <c>eng/soak models</c>; figures for docs/reliability.md.</summary>
public sealed class ChatEngineSoak
{
    private const double Mebibyte = 1024 * 1024;

    private static readonly string[] Questions =
    [
        "What is the capital of France?", "Name three colours of a flag.", "Explain photosynthesis in simple words.", "Write a sentence about the sea.",
        "How many days has a week?", "What does a baker do?", "Tell me about the moon.", "Why is the sky blue?",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ITestOutputHelper Output => TestContext.Current.TestOutputHelper!;

    [Fact(Explicit = true)]
    public async Task EightChats_WithRandomLeaving_AnswerAsAlone()
    {
        var seconds = int.Parse(Environment.GetEnvironmentVariable("DOCENT_SOAK_ROUNDS") ?? "120", CultureInfo.InvariantCulture);
        var expected = new Dictionary<(string, bool), string>();
        await using (var single = InferenceHost.Build(("Slots", "1")))
        {
            var alone = single.GetRequiredService<IChatClient>();
            foreach (var question in Questions)
            {
                expected[(question, false)] = (await alone.GetResponseAsync(question, Options(drawn: false, 40), Cancel)).Text;
                expected[(question, true)] = (await alone.GetResponseAsync(question, Options(drawn: true, 40), Cancel)).Text;
            }
        }

        await using var services = InferenceHost.Build(("Slots", "8"), ("MaxQueueLength", "20"), ("CacheMegabytes", "512"));
        var chat = services.GetRequiredService<IChatClient>();
        var watch = Stopwatch.StartNew();
        int whole = 0, left = 0;
        var wrong = new List<string>();
        await Task.WhenAll(Enumerable.Range(1, 8).Select(person => Task.Run(() => TalkAsync(new Random(person)), Cancel)));
        Output.WriteLine($"| {seconds} s of 8 chats at once | {whole} answers as alone, {left} left midway, {wrong.Count} wrong |");
        Assert.Empty(wrong);
        Assert.True(whole > 10 && left > 10);

        async Task TalkAsync(Random random)
        {
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                var (question, drawn) = (Questions[random.Next(Questions.Length)], random.Next(2) == 0);
                using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
                var pieces = random.Next(2) == 0 ? random.Next(12) : int.MaxValue;
                var text = "";
                try
                {
                    await foreach (var update in chat.GetStreamingResponseAsync(question, Options(drawn, 40), leaving.Token))
                    {
                        text += update.Text;
                        if (pieces-- == 0)
                        {
                            await leaving.CancelAsync();
                        }
                    }
                }
                catch (OperationCanceledException) when (leaving.IsCancellationRequested && !Cancel.IsCancellationRequested)
                {
                    // They have left.
                }

                lock (wrong)
                {
                    var right = expected[(question, drawn)];
                    (whole, left) = leaving.IsCancellationRequested ? (whole, left + 1) : (whole + 1, left);
                    if (leaving.IsCancellationRequested ? !right.StartsWith(text, StringComparison.Ordinal) : text != right)
                    {
                        wrong.Add($"{question} ({drawn}): {text}");
                    }
                }
            }
        }
    }

    [Fact(Explicit = true)]
    public async Task AThousandChats_LeaveNothingBehind()
    {
        await using var services = InferenceHost.Build(("Slots", "4"));
        var chat = services.GetRequiredService<IChatClient>();
        for (var i = 0; i < 100; i++)
        {
            await AskAsync(i);
        }

        var before = Resident();
        for (var i = 0; i < 1_000; i++)
        {
            await AskAsync(i);
        }

        var after = Resident();
        Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| resident after 100 chats, after 1,000 more | {before:0.0} and {after:0.0} MiB |"));
        Assert.InRange(after, 0, 1.05 * before);

        async Task AskAsync(int i)
        {
            var options = Options(drawn: i % 2 == 0, 8);
            options.ConversationId = $"chat {i}";
            await chat.GetResponseAsync(Questions[i % Questions.Length], options, Cancel);
        }
    }

    [Fact(Explicit = true)]
    public async Task AGiantPrompt_GivesItsMemoryBack()
    {
        await using var services = InferenceHost.Build(("Slots", "1"));
        var chat = services.GetRequiredService<IChatClient>();
        await chat.GetResponseAsync("Why is the sky blue?", Options(drawn: false, 20), Cancel);
        var before = Resident();
        await chat.GetResponseAsync(string.Join(' ', Enumerable.Repeat("sea", 7_000)), Options(drawn: false, 2), Cancel);
        var giant = Resident();
        await chat.GetResponseAsync("Why is the sea blue?", Options(drawn: false, 20), Cancel);
        var after = Resident();
        Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| a prompt of 7,000 tokens | {before:0.0} MiB before, {giant:0.0} behind it, {after:0.0} after the next short one |"));
        Assert.True(after - before < (giant - before) / 4);
    }

    [Fact(Explicit = true)]
    public async Task TenThousandTokens_TakeNoMoreMemoryThanTheFirst()
    {
        await using var services = InferenceHost.Build();
        var chat = services.GetRequiredService<IChatClient>();
        await WriteAsync(6_000, answers: 8);   // every slot has held a long answer
        var before = Resident();
        var tokens = await WriteAsync(10_000);
        var more = Resident() - before;
        Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {tokens} tokens more | {more:0.0} MiB more, {more * 1_000 / tokens:0.00} MiB per 1,000 |"));
        Assert.True(more <= tokens / 1_000.0);

        async Task<long> WriteAsync(long wanted, int answers = 1)
        {
            long written = 0;
            for (var seed = 1; written < wanted || seed <= answers; seed++)
            {
                var options = Options(drawn: true, 1_000);
                options.Seed = seed;
                written += (await chat.GetResponseAsync("Tell a very long story about the sea, the people at its shore and their ships.", options, Cancel)).Usage!.OutputTokenCount!.Value;
            }

            return written;
        }
    }

    /// <summary>MiB.</summary>
    private static double Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet / Mebibyte;
    }

    private static ChatOptions Options(bool drawn, int tokens) => new()
    {
        Temperature = drawn ? 0.7f : 0,
        Seed = drawn ? 7 : null,
        MaxOutputTokens = tokens,
        AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = 1.0 },
    };
}
