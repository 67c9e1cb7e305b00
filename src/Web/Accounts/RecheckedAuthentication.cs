using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Rag.Web.Access;

namespace Rag.Web.Accounts;

/// <summary>
/// Looks each minute whether the account behind an open page still exists with the same security stamp: signing out elsewhere, a new
/// password or a deleted account ends the open pages too. Guests need none of this: their rights are asked from the link each time.
/// </summary>
internal sealed class RecheckedAuthentication(ILoggerFactory loggers, IServiceScopeFactory scopes) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        if (authenticationState.User.ToCaller().User is null)
        {
            return true;
        }

        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<SignInManager<IdentityUser>>().ValidateSecurityStampAsync(authenticationState.User) is not null;
    }
}
