using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;
using static Rag.Inference.Tests.Remote.ScriptedServer;

namespace Rag.Inference.Tests.Remote;

public sealed class EndpointChatClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_Streamed_IsHandedOnAsItComes()
    {
        await using var server = await StartAsync((http, _) => StreamAsync(http, Delta("Forty"), Delta("-two."), Finish, Usage, Done));
        await using var services = server.Client();
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in services.Chat().GetStreamingResponseAsync("How many?", cancellationToken: Cancel))
        {
            updates.Add(update);
        }

        Assert.Equal(0, updates[0].AdditionalProperties![InferenceProperties.QueuePosition]);
        Assert.Equal(["Forty", "-two."], updates.Select(u => u.Text).Where(t => t.Length > 0));
        var response = updates.ToChatResponse();
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((7, 3, 10), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        var status = services.GetRequiredService<InferenceStatus>().Models[0];
        Assert.Equal((ModelState.Ready, "large", server.Address + "/v1"), (status.State, status.Id, status.Endpoint));
    }

    [Fact]
    public async Task Request_CarriesTheOptionsAndTheKey()
    {
        await using var server = await StartAsync((http, _) => StreamAsync(http, Finish, Done));
        await using var services = server.Client();
        await services.Chat().GetResponseAsync(
            [new(ChatRole.System, "Be kind."), new(ChatRole.User, "Hi")],
            new() { Temperature = 0.5f, TopP = 0.9f, Seed = 4, MaxOutputTokens = 12, StopSequences = ["\n"], FrequencyPenalty = 0.1f, ResponseFormat = ChatResponseFormat.Json }, Cancel);

        var (path, key, body) = Assert.Single(server.Seen);
        Assert.Equal(("/v1/chat/completions", "Bearer sk-very-secret"), (path, key));
        Assert.Equal(
            """{"model":"large","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":12,"temperature":0.5,"top_p":0.9,"frequency_penalty":0.1,"seed":4,"stop":["\n"],"response_format":{"type":"json_object"}}""",
            body!.Value.GetRawText());
    }

    [Theory]
    [InlineData(404, """{"error":{"message":"model 'large' not found"}}""", InferenceFailure.Unavailable, "does not know the model large")]
    [InlineData(401, """{"error":{"message":"Wrong key sk-very-secret given"}}""", InferenceFailure.Unavailable, "refuses the API key")]
    [InlineData(429, """{"error":"quota"}""", InferenceFailure.Busy, "quota")]
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 4096 tokens"}}""", InferenceFailure.PromptTooLong, "too long")]
    [InlineData(400, """{"detail":"no such field"}""", InferenceFailure.Failed, "no such field")]
    [InlineData(418, "<html>teapot</html>", InferenceFailure.Failed, "(418).")]
    [InlineData(307, "", InferenceFailure.Unavailable, "another address")]
    public async Task Refusal_BecomesASentenceThatNamesTheServer(int code, string body, InferenceFailure reason, string words)
    {
        await using var server = await StartAsync((http, _) => RefuseAsync(http, code, body));
        await using var services = server.Client();
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.Chat().GetResponseAsync("Hi", cancellationToken: Cancel));
        Assert.Equal(reason, error.Reason);
        Assert.Contains(words, error.Message);
        Assert.DoesNotContain("sk-very-secret", error.ToString());
        Assert.Single(server.Seen);   // none of these gets better by asking again
        if (reason is not InferenceFailure.PromptTooLong)
        {
            Assert.Contains(server.Address, error.Message);
        }
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Server_ThatRecovers_IsAskedAgain(int code)
    {
        var asked = 0;
        await using var server = await StartAsync((http, _) => ++asked < 3 ? RefuseAsync(http, code, "", code == 429 ? "0" : null) : StreamAsync(http, Delta("Yes."), Finish, Done));
        await using var services = server.Client();
        Assert.Equal("Yes.", (await services.Chat().GetResponseAsync("Hi", cancellationToken: Cancel)).Text);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Server_ThatAsksForALongWait_IsBusyAtOnce()
    {
        await using var server = await StartAsync((http, _) => RefuseAsync(http, 503, "", "60"));
        await using var services = server.Client();
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.Chat().GetResponseAsync("Hi", cancellationToken: Cancel));
        Assert.Equal(InferenceFailure.Busy, error.Reason);
        Assert.Single(server.Seen);
        Assert.NotEqual(ModelState.Failed, services.GetRequiredService<InferenceStatus>().Models[0].State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_ThatBreaksOff_IsAFailureBehindTheTextSoFar(bool abort)
    {
        var seen = new TaskCompletionSource();
        await using var server = await StartAsync(async (http, _) =>
        {
            await StreamAsync(http, Delta("Half"));
            await seen.Task;
            if (abort)
            {
                http.Abort();
            }
        });
        await using var services = server.Client();
        var text = "";
        var error = await Assert.ThrowsAsync<InferenceException>(async () =>
        {
            await foreach (var update in services.Chat().GetStreamingResponseAsync("Hi", cancellationToken: Cancel))
            {
                text += update.Text;
                _ = text.Length > 0 && seen.TrySetResult();
            }
        });
        Assert.Equal(("Half", InferenceFailure.Failed), (text, error.Reason));
        Assert.Contains("broke off", error.Message);
        Assert.Single(server.Seen);   // its beginning was shown already
        Assert.Equal(ModelState.Failed, services.GetRequiredService<InferenceStatus>().Models[0].State);
    }

    [Fact]
    public async Task Stream_WithAnErrorInIt_SaysTheServersWords()
    {
        await using var server = await StartAsync((http, _) => StreamAsync(http, Delta("A"), """{"error":{"message":"out of memory","code":500}}"""));
        await using var services = server.Client();
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.Chat().GetResponseAsync("Hi", cancellationToken: Cancel));
        Assert.Contains("out of memory", error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_ThatFallsSilent_IsGivenUp(bool inTheMiddle)
    {
        var clock = new FakeTimeProvider();
        var reached = new TaskCompletionSource();
        var over = new TaskCompletionSource();
        await using var server = await StartAsync(async (http, _) =>
        {
            if (inTheMiddle)
            {
                await StreamAsync(http, Delta("Half"));
            }

            reached.SetResult();
            await over.Task;
        });
        await using var services = server.Client(clock);
        await using var updates = services.Chat().GetStreamingResponseAsync("Hi", cancellationToken: Cancel).GetAsyncEnumerator(Cancel);
        for (var read = 0; inTheMiddle && read < 2; read++)
        {
            Assert.True(await updates.MoveNextAsync());
        }

        var next = updates.MoveNextAsync().AsTask();
        await reached.Task.WaitAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(next.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        var error = await Assert.ThrowsAsync<InferenceException>(() => next);
        over.SetResult();
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        Assert.Contains("said nothing for 60 seconds", error.Message);
    }

    [Fact]
    public async Task Caller_WhoLeaves_EndsTheRequest()
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var gone = new TaskCompletionSource();
        await using var server = await StartAsync(async (http, _) =>
        {
            http.RequestAborted.Register(gone.SetResult);
            await StreamAsync(http, Delta("Half"));
            await gone.Task;
        });
        await using var services = server.Client();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in services.Chat().GetStreamingResponseAsync("Hi", cancellationToken: leave.Token))
            {
                if (update.Text.Length > 0)
                {
                    await leave.CancelAsync();
                }
            }
        });
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Server_ThatIsAway_IsNamed()
    {
        string address;
        await using (var server = await StartAsync())
        {
            address = server.Address;
        }

        using var services = InferenceHost.Build(("Chat:Endpoint", address), ("Chat:Model", "large"));
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.Chat().GetResponseAsync("Hi", cancellationToken: Cancel));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        Assert.Contains($"{address}/v1 cannot be reached", error.Message);
        Assert.Equal(ModelState.Failed, services.GetRequiredService<InferenceStatus>().Models[0].State);
    }

    [Fact]
    public async Task Fields_ThatTheServerRefusesByName_AreLeftOutFromThenOn()
    {
        await using var server = await StartAsync((http, body) =>
            body!.Value.TryGetProperty("max_tokens", out _) ? RefuseAsync(http, 400, """{"error":{"message":"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}""")
            : body.Value.TryGetProperty("temperature", out _) ? RefuseAsync(http, 400, """{"error":{"message":"Unsupported value: 'temperature' does not support 0"}}""")
            : StreamAsync(http, Delta("Yes."), Finish, Done));
        await using var services = server.Client();
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal("Yes.", (await services.Chat().GetResponseAsync("Hi", new() { Temperature = 0, MaxOutputTokens = 5 }, Cancel)).Text);
        }

        Assert.Equal(4, server.Seen.Count);   // three for the first answer, one for the second
        Assert.Equal(5, server.Seen.Last().Body!.Value.GetProperty("max_completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Prompt_ThatDoesNotFit_IsRefusedHere()
    {
        await using var server = await StartAsync();
        await using var services = server.Client(null, ("Chat:ContextLength", "1024"));
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.Chat().GetResponseAsync(string.Concat(Enumerable.Repeat("word ", 1_100)), cancellationToken: Cancel));
        Assert.Equal(InferenceFailure.PromptTooLong, error.Reason);
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task Thoughts_AreLeftOut()
    {
        await using var server = await StartAsync((http, _) => StreamAsync(http, Delta("<thi"), Delta("nk>Hm. <b>"), Delta("</thi"), Delta("nk>\n\n"), Delta("Yes"), Delta(" <think>."), Finish, Done));
        await using var services = server.Client();
        Assert.Equal("Yes <think>.", (await services.Chat().GetResponseAsync("Hi", cancellationToken: Cancel)).Text);
    }

    [Fact]
    public async Task Options_OutsideTheProtocol_AreRefusedByName()
    {
        await using var server = await StartAsync();
        await using var services = server.Client();
        foreach (var (options, name) in new (ChatOptions, string)[]
        {
            (new() { TopK = 4 }, "TopK"),
            (new() { AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = 1.1 } }, InferenceProperties.RepetitionPenalty),
            (new() { ModelId = "another" }, "another"),
        })
        {
            var error = await Assert.ThrowsAsync<InferenceException>(() => services.Chat().GetResponseAsync("Hi", options, Cancel));
            Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
            Assert.Contains(name, error.Message);
        }

        Assert.Empty(server.Seen);
    }

    [Theory]
    [InlineData("""{"data":[{"id":"large"}]}""", true)]
    [InlineData("""{"data":[{"id":"large:latest"}]}""", true)]
    [InlineData("""{"data":[]}""", true)]
    [InlineData("<html></html>", true)]
    [InlineData("""{"data":[{"id":"small"},{"id":"vectors"}]}""", false)]
    public async Task Start_AModelThatTheServerDoesNotList_IsSaidOnTheStatus(string list, bool fine)
    {
        await using var server = await StartAsync((http, _) => http.Response.WriteAsync(list, Cancel));
        await using var services = server.Client();
        var warmup = services.GetServices<IHostedService>().OfType<BackgroundService>().Single();
        await warmup.StartAsync(Cancel);
        await warmup.ExecuteTask!;
        var status = services.GetRequiredService<InferenceStatus>().Models[0];
        Assert.Equal(fine, status.State == ModelState.Ready);
        Assert.Equal(fine ? null : $"The server at {server.Address}/v1 has no chat model named large. It has small, vectors.", status.Message);
    }

    [Fact]
    public async Task Facts_AreThoseOfTheSettings()
    {
        await using var server = await StartAsync();
        await using var services = server.Client(null, ("Chat:ContextLength", "9000"), ("Chat:AnswerStyle", "Quote"));
        var info = services.Chat().GetService<ChatModelInfo>()!;
        Assert.Equal(("large", 9_000, AnswerStyle.Quote, 256), (info.Id, info.ContextLength, info.AnswerStyle, info.MaxOutputTokens));
        Assert.True(services.Chat().GetService<ITextTokenCounter>()!.Count("hello") > 0);
        Assert.Equal(new Uri(server.Address + "/v1/"), services.Chat().GetService<ChatClientMetadata>()!.ProviderUri);
    }

    [Theory]
    [InlineData("nonsense", "large")]
    [InlineData("ftp://host/v1", "large")]
    [InlineData("http://me:secret@host/v1", "large")]
    [InlineData("http://host/v1", "")]
    public void Settings_ThatCannotWork_AreRefusedAtStartWithoutRepeatingThem(string endpoint, string model)
    {
        using var services = InferenceHost.Build(("Chat:Endpoint", endpoint), ("Chat:Model", model));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains("Inference:Chat:", error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }
}
