using Microsoft.AspNetCore.Authentication.Cookies;

namespace Rag.Web.Accounts;

/// <summary>Under TLS a cookie is named <c>__Host-…</c>: browsers then refuse it from other hosts, from subdomains and without TLS. Plain HTTP cannot have that.</summary>
internal sealed class HostPrefixCookies : ICookieManager
{
    private readonly ChunkingCookieManager _inner = new();

    public string? GetRequestCookie(HttpContext context, string key) => _inner.GetRequestCookie(context, Name(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _inner.AppendResponseCookie(context, Name(context, key), value, Bind(context, options));

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        _inner.DeleteCookie(context, Name(context, key), Bind(context, options));

    private static string Name(HttpContext context, string key) => context.Request.IsHttps ? $"__Host-{key}" : key;

    private static CookieOptions Bind(HttpContext context, CookieOptions options)
    {
        if (context.Request.IsHttps)
        {
            options.Path = "/";
            options.Secure = true;
            options.Domain = null;
        }

        return options;
    }
}
