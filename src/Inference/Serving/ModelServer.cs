using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rag.Inference.Runtime;

namespace Rag.Inference.Serving;

/// <summary>This library behind OpenAI's HTTP interface: <c>/v1/chat/completions</c>, <c>/v1/embeddings</c>, <c>/v1/models</c> and <c>/health</c>.</summary>
internal static class ModelServer
{
    private const string Urls = "http://127.0.0.1:5601";

    /// <summary>The server, not yet started. Bound to this machine alone where the settings do not say otherwise.</summary>
    /// <exception cref="InferenceException">InvalidOption: other machines could reach it, and no key is set.</exception>
    public static WebApplication Build(string[] arguments, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddOptions<ModelServerOptions>().Bind(builder.Configuration.GetSection(ModelServerOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddInference(builder.Configuration);
        replace?.Invoke(builder.Services);
        var urls = builder.Configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } given ? given : Urls;
        builder.WebHost.UseUrls(urls.Split(';'));
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = context.Configuration.GetSection(ModelServerOptions.Section).Get<ModelServerOptions>()?.MaxRequestBytes ?? new ModelServerOptions().MaxRequestBytes;
        });

        var app = builder.Build();
        var key = app.Services.GetRequiredService<IOptions<ModelServerOptions>>().Value.ApiKey;
        if (string.IsNullOrEmpty(key) && urls.Split(';').FirstOrDefault(url => !IsLocal(url)) is { } open)
        {
            throw new InferenceException(InferenceFailure.InvalidOption, $"Other machines could use the models through {open}. Set {ModelServerOptions.Section}:ApiKey, or serve 127.0.0.1 alone.");
        }

        Map(app, key);
        return app;
    }

    private static void Map(WebApplication app, string? key)
    {
        app.MapGet("/health", (InferenceStatus status) => Results.Json(
            new { models = status.Models.Select(model => new { id = model.Id, kind = model.Kind.ToString(), state = model.State.ToString(), provider = model.Provider?.ToString() }) },
            statusCode: status.Models.Any(model => model.State == ModelState.Failed) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK));
        var api = app.MapGroup("/v1").AddEndpointFilter(async (context, next) =>
        {
            if (!IsAllowed(context.HttpContext.Request, key))
            {
                return ServerErrors.Result(StatusCodes.Status401Unauthorized, "invalid_api_key", "The API key is missing or wrong.");
            }

            try
            {
                return await next(context).ConfigureAwait(false);
            }
            catch (InferenceException failure)
            {
                return ServerErrors.Result(failure, context.HttpContext.Response);
            }
        });
        api.MapGet("/models", (IChatClient chat, IEmbeddingGenerator<string, Embedding<float>> embeddings) => Results.Json(new
        {
            @object = "list",
            data = new[] { ChatEndpoint.Model(chat), EmbeddingsEndpoint.Model(embeddings) }.Select(id => new { id, @object = "model", owned_by = "docent" }),
        }));
        api.MapPost("/chat/completions", ChatEndpoint.AnswerAsync);
        api.MapPost("/embeddings", EmbeddingsEndpoint.EmbedAsync);
    }

    private static bool IsAllowed(HttpRequest request, string? key)
    {
        const string Scheme = "Bearer ";
        var sent = request.Headers.Authorization.ToString();
        return string.IsNullOrEmpty(key) || (sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent[Scheme.Length..])), SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }

    // "+" and "*" and names that are not localhost mean other machines too.
    private static bool IsLocal(string url)
    {
        var host = BindingAddress.Parse(url).Host;
        return host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
