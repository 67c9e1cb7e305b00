using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using Rag.Inference.Serving;
using Rag.Inference.Tests.Models;
using Rag.Inference.Tests.Remote;

namespace Rag.Inference.Tests.Serving;

/// <summary>The models behind HTTP: asked by OpenAI's own client, by our client for endpoints, and by hand.</summary>
public sealed partial class ModelServerTests(InferenceHost host)
{
    private const string Key = "a-key";
    private static readonly ChatMessage[] Messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "What is the capital of France?")];
    private static readonly ChatOptions Short = new() { MaxOutputTokens = 8, Temperature = 0 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAIsClient_GetsWhatTheModelsInTheProcessGive()
    {
        await using var app = await StartAsync();
        var client = new OpenAIClient(new ApiKeyCredential(Key), new() { Endpoint = new Uri(Address(app), "v1"), RetryPolicy = new ClientRetryPolicy(0) });
        using var chat = client.GetChatClient(ShippedModels.Chat).AsIChatClient();
        using var embeddings = client.GetEmbeddingClient(ShippedModels.Embedding).AsIEmbeddingGenerator();

        var expected = await host.Services.Chat().GetResponseAsync(Messages, Short, Cancel);
        var whole = await chat.GetResponseAsync(Messages, Short, Cancel);
        Assert.Equal(expected.Text, whole.Text);
        Assert.Equal(expected.FinishReason, whole.FinishReason);
        Assert.Equal((expected.Usage!.InputTokenCount, expected.Usage.OutputTokenCount), (whole.Usage!.InputTokenCount, whole.Usage.OutputTokenCount));

        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in chat.GetStreamingResponseAsync(Messages, Short, Cancel))
        {
            updates.Add(update);
        }

        Assert.Equal(expected.Text, updates.ToChatResponse().Text);
        Assert.True(updates.Count(update => update.Text.Length > 0) > 1);

        string[] texts = ["The sea is salt.", "Größe"];
        var here = await host.Embeddings.GenerateAsync(texts, cancellationToken: Cancel);
        var there = await embeddings.GenerateAsync(texts, cancellationToken: Cancel);
        Assert.Equal(here.Select(e => e.Vector.ToArray()), there.Select(e => e.Vector.ToArray()));
        Assert.Equal(here.Usage!.InputTokenCount, there.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task OpenAIsClient_AsksForJson_GetsWhatTheModelInTheProcessGives()
    {
        await using var app = await StartAsync();
        var client = new OpenAIClient(new ApiKeyCredential(Key), new() { Endpoint = new Uri(Address(app), "v1"), RetryPolicy = new ClientRetryPolicy(0) });
        using var chat = client.GetChatClient(ShippedModels.Chat).AsIChatClient();
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.Json, Temperature = 0, MaxOutputTokens = 24 };
        var answer = await chat.GetResponseAsync("Name and age of Anna, who is 7, as JSON.", options, Cancel);
        Assert.StartsWith("{", answer.Text.TrimStart(), StringComparison.Ordinal);
        Assert.Equal((await host.Services.Chat().GetResponseAsync("Name and age of Anna, who is 7, as JSON.", options, Cancel)).Text, answer.Text);
    }

    [Fact]
    public async Task OurClient_GetsWhatTheModelsInTheProcessGive()
    {
        await using var app = await StartAsync();
        await using var services = InferenceHost.Build(
            ("Chat:Endpoint", Address(app).AbsoluteUri), ("Chat:Model", ShippedModels.Chat), ("Chat:ApiKey", Key),
            ("Embedding:Endpoint", Address(app).AbsoluteUri), ("Embedding:Model", ShippedModels.Embedding), ("Embedding:ApiKey", Key));
        var expected = await host.Services.Chat().GetResponseAsync(Messages, Short, Cancel);
        var answer = await services.Chat().GetResponseAsync(Messages, Short, Cancel);
        Assert.Equal((expected.Text, expected.FinishReason, expected.Usage!.OutputTokenCount), (answer.Text, answer.FinishReason, answer.Usage!.OutputTokenCount));
        var pairs = (await host.Embeddings.GenerateAsync(["The sea is salt."], cancellationToken: Cancel))[0].Vector.ToArray()
            .Zip((await services.Embeddings().GenerateAsync(["The sea is salt."], cancellationToken: Cancel))[0].Vector.ToArray());
        Assert.All(pairs, pair => Assert.Equal(pair.First, pair.Second, 1e-6f));   // scaled to length 1 once more

        var error = await Assert.ThrowsAsync<InferenceException>(() => services.Chat().GetResponseAsync("Hi", new() { TopP = 7 }, Cancel));
        Assert.Contains("TopP must lie between", error.Message);
    }

    [Theory]
    [InlineData("chat/completions", "[]", "no JSON object")]
    [InlineData("chat/completions", "{", "not valid JSON")]
    [InlineData("chat/completions", """{"messages":"Hi"}""", "messages must be a list")]
    [InlineData("chat/completions", """{"messages":[{"role":"tool","content":"x"}]}""", "role 'tool'")]
    [InlineData("chat/completions", """{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", "reads text only")]
    [InlineData("chat/completions", """{"messages":[{"role":"user","content":"x"}],"temperature":"hot"}""", "temperature must be a number")]
    [InlineData("chat/completions", """{"messages":[{"role":"user","content":"x"}],"n":2}""", "n is not known here")]
    [InlineData("chat/completions", """{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}}""", "response_format must be text or json_object")]
    [InlineData("chat/completions", """{"model":"gpt","messages":[]}""", "not gpt")]
    [InlineData("chat/completions", """{"messages":[]}""", "at least one message")]
    [InlineData("chat/completions", """{"messages":[],"stream":true}""", "at least one message")]
    [InlineData("embeddings", """{"input":[[1,2]]}""", "input must be a text")]
    [InlineData("embeddings", """{"input":[]}""", "1 to 2048 texts")]
    [InlineData("embeddings", """{"input":"x","input_type":"verse"}""", "verse")]
    [InlineData("embeddings", """{"input":"x","dimensions":3}""", "not 3")]
    public async Task Request_ThatCannotBeServed_Is400WithASentence(string path, string body, string words)
    {
        await using var app = await StartAsync();
        using var http = Client(app);
        using var reply = await http.PostAsync(new Uri("v1/" + path, UriKind.Relative), new StringContent(body, null, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Contains(words, (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another")]
    public async Task Caller_WithoutTheKey_IsRefusedEverywhere(string? key)
    {
        await using var app = await StartAsync();
        using var http = Client(app, key);
        foreach (var request in new[] { new HttpRequestMessage(HttpMethod.Get, "v1/models"), new(HttpMethod.Post, "v1/chat/completions"), new(HttpMethod.Post, "v1/embeddings") })
        {
            using (request)
            {
                using var reply = await http.SendAsync(request, Cancel);
                Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
            }
        }
    }

    [Fact]
    public async Task Models_AreListed()
    {
        await using var app = await StartAsync();
        using var http = Client(app);
        var list = await http.GetFromJsonAsync<JsonElement>(new Uri("v1/models", UriKind.Relative), Cancel);
        Assert.Equal([ShippedModels.Chat, ShippedModels.Embedding], list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Model_ThatIsMissing_IsSaidToTheCallerAndByHealth()
    {
        using var empty = new TinyModels();
        await using var app = await StartAsync("--Inference:ModelsFolder", empty.Root);
        using var http = Client(app);
        using var reply = await http.PostAsJsonAsync(new Uri("v1/embeddings", UriKind.Relative), new { input = "x" }, Cancel);
        Assert.Equal(HttpStatusCode.InternalServerError, reply.StatusCode);
        Assert.Contains("is missing", await reply.Content.ReadAsStringAsync(Cancel));
        using var health = await http.GetAsync(new Uri("health", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5601")]
    [InlineData("http://*:5601")]
    [InlineData("http://127.0.0.1:5601;http://[::]:5601")]
    public void OtherMachines_WithoutAKey_AreNotServed(string urls) =>
        Assert.Contains("Other machines could use", Assert.Throws<InferenceException>(() => ModelServer.Build(["--urls", urls, "--Inference:LoadAtStart", "false"])).Message);

    [Fact]
    public async Task Process_Started_ServesOnThisMachine()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = AppContext.BaseDirectory };
        Array.ForEach(
            [Path.Combine(AppContext.BaseDirectory, "Rag.Inference.dll"), "--urls", "http://127.0.0.1:0", "--Inference:LoadAtStart", "false"], start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        try
        {
            string? address = null;
            while (address is null && await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
            {
                address = Listening().Match(line) is { Success: true } match ? match.Value : null;
            }

            using var http = new HttpClient { BaseAddress = new Uri(address!) };
            using var reply = await http.PostAsJsonAsync(new Uri("v1/embeddings", UriKind.Relative), new { input = "The sea is salt." }, Cancel);
            Assert.Equal(384, (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("data")[0].GetProperty("embedding").GetArrayLength());
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<WebApplication> StartAsync(params string[] settings)
    {
        var app = ModelServer.Build(["--urls", "http://127.0.0.1:0", "--Inference:Server:ApiKey", Key, "--Inference:LoadAtStart", "false", "--Logging:LogLevel:Default", "None", .. settings]);
        await app.StartAsync(Cancel);
        return app;
    }

    private static Uri Address(WebApplication app) => new(app.Urls.Single());

    private static HttpClient Client(WebApplication app, string? key = Key)
    {
        var http = new HttpClient { BaseAddress = Address(app) };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return http;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9]\d*")]
    private static partial Regex Listening();
}
