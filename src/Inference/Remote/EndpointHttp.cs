using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Retry;

namespace Rag.Inference.Remote;

/// <summary>The HTTP client of the endpoints. A request is repeated while nothing of its answer has come; a stream that broke off is not.</summary>
internal static class EndpointHttp
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(2);

    public static void AddEndpointHttp(this IServiceCollection services) =>
        services.AddHttpClient(EndpointClient.HttpName, client => client.Timeout = Timeout.InfiniteTimeSpan)   // callers watch for silence
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,   // a redirected POST loses its body, and the key has no business elsewhere
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            })
            .AddResilienceHandler("inference-endpoint", (pipeline, context) =>
            {
                var clock = context.ServiceProvider.GetRequiredService<TimeProvider>();
                pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
                {
                    MaxRetryAttempts = 2,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = TimeSpan.FromMilliseconds(200),
                    ShouldHandle = args => new(IsRepeated(args.Outcome, clock)),
                    DelayGenerator = args => new(args.Outcome.Result is { } reply ? RetryAfter(reply, clock) : null),
                });
            });

    private static bool IsRepeated(Outcome<HttpResponseMessage> outcome, TimeProvider clock) => outcome.Exception is { } error
        ? error is HttpRequestException or IOException
        : outcome.Result!.StatusCode switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => true,
            // Without the header it is short of a quota, and with a long one nobody at a page would wait.
            HttpStatusCode.TooManyRequests => RetryAfter(outcome.Result, clock) <= LongestRetryAfter,
            HttpStatusCode.ServiceUnavailable => RetryAfter(outcome.Result, clock) is not { } wait || wait <= LongestRetryAfter,
            _ => false,
        };

    private static TimeSpan? RetryAfter(HttpResponseMessage reply, TimeProvider clock) => reply.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };
}
