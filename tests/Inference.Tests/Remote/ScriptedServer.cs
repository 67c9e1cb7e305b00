using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Rag.Inference.Tests.Remote;

/// <summary>A real HTTP server on a loopback port that answers as a test tells it to, and remembers what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ScriptedServer(WebApplication app) => this.app = app;

    /// <summary>Bodies in the order in which they came; null for requests without one.</summary>
    public ConcurrentQueue<(string Path, string? Key, JsonElement? Body)> Seen { get; } = new();

    public Func<HttpContext, JsonElement?, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public string Address => app.Urls.Single();

    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, JsonElement?, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ScriptedServer(builder.Build());
        if (answer is not null)
        {
            server.Answer = answer;
        }

        server.app.Run(async context =>
        {
            JsonElement? body = null;
            if (context.Request.Method == "POST")
            {
                using var json = await JsonDocument.ParseAsync(context.Request.Body);
                body = json.RootElement.Clone();
            }

            server.Seen.Enqueue((context.Request.Path, context.Request.Headers.Authorization.ToString(), body));
            await server.Answer(context, body);
        });
        await server.app.StartAsync();
        return server;
    }

    /// <summary>The library set up to use this server for both models.</summary>
    public ServiceProvider Client(FakeTimeProvider? clock = null, params (string Key, string Value)[] settings) => InferenceHost.Build(
        services => services.AddSingleton<TimeProvider>(clock ?? (TimeProvider)TimeProvider.System),
        [
            ("Chat:Endpoint", Address), ("Chat:Model", "large"), ("Chat:ApiKey", "sk-very-secret"),
            ("Embedding:Endpoint", Address + "/v1"), ("Embedding:Model", "vectors"), .. settings,
        ]);

    public static async Task StreamAsync(HttpContext context, params string[] events)
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var data in events)
        {
            await context.Response.WriteAsync($"data: {data}\n\n");
            await context.Response.Body.FlushAsync();
        }
    }

    public static string Delta(string text) => JsonSerializer.Serialize(new { choices = new[] { new { index = 0, delta = new { content = text }, finish_reason = (string?)null } } });

    public const string Finish = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    public const string Usage = """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}""";
    public const string Done = "[DONE]";

    public static Task RefuseAsync(HttpContext context, int code, string body, string? retryAfter = null)
    {
        context.Response.StatusCode = code;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

internal static class ScriptedServerServices
{
    public static IChatClient Chat(this IServiceProvider services) => services.GetRequiredService<IChatClient>();

    public static IEmbeddingGenerator<string, Embedding<float>> Embeddings(this IServiceProvider services) =>
        services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
}
