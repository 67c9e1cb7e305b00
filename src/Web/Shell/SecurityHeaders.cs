namespace Rag.Web.Shell;

/// <summary>The headers every answer carries. Nothing is loaded from elsewhere, nothing inline runs, nobody frames us.</summary>
internal static class SecurityHeaders
{
    public const string ContentSecurityPolicy =
        "default-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the last moment: the exception handler clears headers that were set before.
        context.Response.OnStarting(static state =>
        {
            var response = (HttpResponse)state;
            var headers = response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            if (response.HttpContext.Request.IsHttps)
            {
                headers["Cross-Origin-Opener-Policy"] = "same-origin";   // browsers complain about it on plain HTTP
            }

            if (headers.CacheControl.Count == 0)
            {
                headers.CacheControl = "no-store";   // static files have said otherwise by now
            }

            return Task.CompletedTask;
        }, context.Response);
        return next(context);
    });
}
