using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>How long a caller can wait.</summary>
internal enum QdrantPatience
{
    /// <summary>Somebody waits for an answer: seconds, all repetitions included.</summary>
    Search,

    /// <summary>A worker waits: the server's own time-out, several times.</summary>
    Work,
}

/// <summary>
/// The HTTP client for Qdrant: time-outs, repetition and circuit breaker around each request. Every request of ours may be repeated:
/// reads, deletes by filter, and writes of points whose ids are computed.
/// </summary>
internal static class QdrantHttp
{
    public const string Name = "qdrant";
    public static readonly HttpRequestOptionsKey<QdrantPatience> Patience = new("qdrant-patience");
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerMargin = TimeSpan.FromSeconds(5);   // the server's own time-out comes first and is answered

    public static IHttpClientBuilder AddQdrantHttp(this IServiceCollection services)
    {
        var builder = services.AddHttpClient(Name, (provider, client) =>
            {
                var options = provider.GetRequiredService<IOptions<QdrantOptions>>().Value;
                client.BaseAddress = new Uri(options.Url.TrimEnd('/') + "/");
                client.Timeout = Timeout.InfiniteTimeSpan;   // the pipeline below has them
                if (options.ApiKey.Length > 0)
                {
                    client.DefaultRequestHeaders.Add("api-key", options.ApiKey);
                }
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // The server closes idle connections after 5 s; one taken up in that moment would be reset.
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(4),
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
                ConnectTimeout = TimeSpan.FromSeconds(2),
                AllowAutoRedirect = false,   // the key goes nowhere else
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();   // what matters is logged by the index, with ids
        builder.AddResilienceHandler("qdrant", (pipeline, context) => Configure(
            pipeline,
            context.ServiceProvider.GetRequiredService<IOptions<QdrantOptions>>().Value,
            context.ServiceProvider.GetRequiredService<TimeProvider>()));
        builder.AddHttpMessageHandler(() => new WholeReplyHandler());   // inside the pipeline
        builder.Services.AddSingleton<QdrantClient>();
        return builder;
    }

    /// <returns>Null where the server does not say.</returns>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, TimeProvider clock) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, QdrantOptions options, TimeProvider clock)
    {
        pipeline.TimeProvider = clock;
        pipeline.AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = args => new(PatienceOf(args.Context) == QdrantPatience.Search ? options.SearchTimeout : Timeout.InfiniteTimeSpan),
        });
        pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 3,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(200),
            UseJitter = false,   // one client; nobody to fall in step with
            ShouldHandle = args => new(IsRepeated(args.Outcome, PatienceOf(args.Context), clock)),
            DelayGenerator = args => new(args.Outcome.Result is { } reply ? RetryAfter(reply.Headers, clock) : null),
        });
        pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            SamplingDuration = TimeSpan.FromSeconds(20),
            MinimumThroughput = 6,
            FailureRatio = 0.8,
            BreakDuration = TimeSpan.FromSeconds(5),
            // Not 500: with a full disk only writes fail, and searching must go on.
            ShouldHandle = args => new(args.Outcome.Result?.StatusCode is HttpStatusCode.ServiceUnavailable
                || args.Outcome.Exception is HttpRequestException or IOException or TimeoutRejectedException),
        });
        pipeline.AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = args => new(PatienceOf(args.Context) == QdrantPatience.Search ? options.SearchTimeout / 2 : options.WriteTimeout + AnswerMargin),
        });
    }

    private static bool IsRepeated(Outcome<HttpResponseMessage> outcome, QdrantPatience patience, TimeProvider clock)
    {
        if (outcome.Exception is not null)
        {
            return outcome.Exception is HttpRequestException or IOException or TimeoutRejectedException;
        }

        return outcome.Result!.StatusCode switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.ServiceUnavailable or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => true,
            // Without the header the batch can never pass; with a long one nobody at a page would wait.
            HttpStatusCode.TooManyRequests => RetryAfter(outcome.Result.Headers, clock)
                <= (patience == QdrantPatience.Search ? TimeSpan.FromSeconds(1) : LongestRetryAfter),
            _ => false,
        };
    }

    private static QdrantPatience PatienceOf(ResilienceContext context) =>
        context.GetRequestMessage() is { } request && request.Options.TryGetValue(Patience, out var patience) ? patience : QdrantPatience.Work;

    /// <summary>Reads the body before the reply counts as one, so that half a reply or a stalled one is repeated like no reply.</summary>
    private sealed class WholeReplyHandler : DelegatingHandler
    {
        private const long MostBytes = 256L << 20;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var reply = await base.SendAsync(request, cancellationToken);
            try
            {
                await reply.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
                return reply;
            }
            catch
            {
                reply.Dispose();
                throw;
            }
        }
    }
}
