using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Remote;

/// <summary>The models that the settings place behind an endpoint; null where this process runs the model itself.</summary>
internal sealed class EndpointModels
{
    private const int CheckSeconds = 20;

    private readonly TimeProvider clock;
    private readonly EndpointClient? chatServer;
    private readonly EndpointClient? embeddingServer;

    public EndpointModels(IHttpClientFactory http, IOptions<ChatEndpointOptions> chat, IOptions<EmbeddingEndpointOptions> embedding, InferenceOptions options, TimeProvider clock)
    {
        this.clock = clock;
        if (!string.IsNullOrWhiteSpace(chat.Value.Endpoint))
        {
            chatServer = new(http, EndpointAddress.From("chat model", chat.Value.Endpoint, chat.Value.Model!, chat.Value.ApiKey));
            Chat = new(chatServer, chat.Value, options, clock);
        }

        if (!string.IsNullOrWhiteSpace(embedding.Value.Endpoint))
        {
            embeddingServer = new(http, EndpointAddress.From("embedding model", embedding.Value.Endpoint, embedding.Value.Model!, embedding.Value.ApiKey));
            Embedding = new(embeddingServer, embedding.Value, clock);
        }
    }

    public EndpointChatClient? Chat { get; }

    public EndpointEmbeddingGenerator? Embedding { get; }

    public ModelStatus? ChatStatus => chatServer is null ? null : Status(chatServer, ModelKind.Chat, Chat!.LastTokensPerSecond);

    public ModelStatus? EmbeddingStatus => embeddingServer is null ? null : Status(embeddingServer, ModelKind.Embedding, null);

    /// <summary>Asks each server whether it is there and has the model.</summary>
    /// <exception cref="InferenceException">Unavailable.</exception>
    public Task CheckChatAsync(CancellationToken cancel) => CheckAsync(chatServer, cancel);

    /// <inheritdoc cref="CheckChatAsync"/>
    public Task CheckEmbeddingAsync(CancellationToken cancel) => CheckAsync(embeddingServer, cancel);

    private async Task CheckAsync(EndpointClient? server, CancellationToken cancel)
    {
        if (server is not null)
        {
            using var silence = new Silence(server.Endpoint, CheckSeconds, clock, cancel);
            try
            {
                await silence.WatchAsync(async inTime =>
                {
                    await server.CheckAsync(inTime).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
            }
            catch (InferenceException failure)
            {
                throw server.Failed(failure);
            }
        }
    }

    private static ModelStatus Status(EndpointClient server, ModelKind kind, double? speed)
    {
        var (state, message) = server.Status;
        return new(server.Endpoint.Model, kind, state, message, null, null, speed, 0) { Endpoint = server.Endpoint.Shown };
    }
}

internal static class EndpointServices
{
    public static void AddEndpoints(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ChatEndpointOptions>().Bind(configuration.GetSection(ChatEndpointOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<EmbeddingEndpointOptions>().Bind(configuration.GetSection(EmbeddingEndpointOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddEndpointHttp();
        services.AddSingleton<EndpointModels>();
    }
}
