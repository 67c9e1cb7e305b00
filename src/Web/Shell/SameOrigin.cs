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
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        if ((reads && !context.WebSockets.IsWebSocketRequest && !HttpMethods.IsConnect(request.Method)) || Allows(request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private bool Allows(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0   // not a browser's cross-site request
            || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || (_public is not null && string.Equals(origin, _public, StringComparison.OrdinalIgnoreCase));
    }
}
