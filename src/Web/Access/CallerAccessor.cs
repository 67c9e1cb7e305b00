using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;

namespace Rag.Web.Access;

/// <summary>Names of the authentication schemes and the claims that carry who someone is.</summary>
public static class CallerClaims
{
    /// <summary>Scheme of the cookie that a share link sets.</summary>
    public const string GuestScheme = "Guest";

    /// <summary>The guest's random id.</summary>
    public const string GuestId = "docent:guest";

    /// <summary>On the account that may see the status page.</summary>
    public const string Administrator = "docent:administrator";

    /// <summary>Reads a principal in which the account's and the guest's identity stand side by side.</summary>
    public static Caller ToCaller(this ClaimsPrincipal principal)
    {
        UserId? user = null;
        GuestId? guest = null;
        foreach (var identity in principal.Identities.Where(identity => identity.IsAuthenticated))
        {
            if (identity.AuthenticationType == IdentityConstants.ApplicationScheme && identity.FindFirst(ClaimTypes.NameIdentifier) is { } account)
            {
                user = new UserId(account.Value);
            }
            else if (identity.AuthenticationType == GuestScheme && Guid.TryParse(identity.FindFirst(GuestId)?.Value, out var id))
            {
                guest = new GuestId(id);
            }
        }

        return user is null && guest is null ? Caller.Anonymous : new Caller(user, guest);
    }
}

/// <summary>Who asks, for components: the person whose circuit (or page request) this is. Endpoints take a <see cref="Caller"/> parameter instead.</summary>
public sealed class CallerAccessor(AuthenticationStateProvider authentication)
{
    public async Task<Caller> GetAsync() => (await authentication.GetAuthenticationStateAsync()).User.ToCaller();
}
