using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Rag.Web.Access;

/// <summary>Puts the guest's identity beside the account's, so that pages, endpoints and circuits see both in one principal.</summary>
internal sealed class GuestIdentity(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if ((await context.AuthenticateAsync(CallerClaims.GuestScheme)).Principal is { } guest)
        {
            context.User = new ClaimsPrincipal([.. context.User.Identities.Where(identity => identity.IsAuthenticated), .. guest.Identities]);
        }

        await next(context);
    }

    /// <summary>The present guest id, or a new one with its cookie. Call from an endpoint or a page without a circuit.</summary>
    public static async Task<GuestId> EnsureAsync(HttpContext context)
    {
        if (context.User.ToCaller().Guest is { } known)
        {
            return known;
        }

        var guest = new GuestId(Guid.NewGuid());
        await SignInAsync(context, guest);
        return guest;
    }

    /// <summary>Sets or renews the guest's cookie.</summary>
    public static Task SignInAsync(HttpContext context, GuestId guest)
    {
        var identity = new ClaimsIdentity([new Claim(CallerClaims.GuestId, guest.Value.ToString("N"))], CallerClaims.GuestScheme);
        return context.SignInAsync(CallerClaims.GuestScheme, new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = true });
    }
}
