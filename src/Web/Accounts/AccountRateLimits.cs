using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Rag.Web.Shell;

namespace Rag.Web.Accounts;

/// <summary>Guesses are slow: wrong passwords, passphrases and set-up tokens are limited per address; looking at a form is not.</summary>
internal static class AccountRateLimits
{
    public const string SignIn = "sign-in";
    public const string Passphrase = "passphrase";

    public static void Configure(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(SignIn, context => Posts(context, permits: 10));
        options.AddPolicy(Passphrase, context => Posts(context, permits: 5));
        options.OnRejected = async (rejected, cancel) =>
        {
            var response = rejected.HttpContext.Response;
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await ConstantPages.WriteAsync(response, ConstantPages.TooManyTries, cancel);
        };
    }

    private static RateLimitPartition<string> Posts(HttpContext context, int permits) =>
        HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter("");
}
