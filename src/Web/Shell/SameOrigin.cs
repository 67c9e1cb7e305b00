using Microsoft.Extensions.Options;

namespace Rag.Web.Shell;

/// <summary>
/// Refuses WebSockets and writes that another site's page sends. Browsers always say the origin of both; a WebSocket has no other
/// protection, since cross-origin rules do not hold for it.
/// </summary>
internal sealed class SameOrigin(RequestDelegate next, IOptions<WebOptions> options)
{
    private readonly string? _public = options.Value.PublicBaseUrl is { } url ? new Uri(url).GetLeftPart(UriPartial.Authority) : null;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var socket = context.WebSockets.IsWebSocketRequest || HttpMethods.IsConnect(request.Method);
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        if (socket ? OriginFits(request) : reads || WriteFits(request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>
    /// What the browser says of itself, where it says it (not over plain HTTP). An origin of "null" is what our own forms send, since
    /// no page of ours names a referrer; their antiforgery token vouches for them.
    /// </summary>
    private bool WriteFits(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "" => request.Headers.Origin == "null" || OriginFits(request),
        var site => site is "same-origin" or "none",
    };

    /// <summary>A request without an origin is no browser's.</summary>
    private bool OriginFits(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || (_public is not null && string.Equals(origin, _public, StringComparison.OrdinalIgnoreCase));
    }
}
