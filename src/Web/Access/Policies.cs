using Microsoft.AspNetCore.Authorization;

namespace Rag.Web.Access;

/// <summary>The authorization policies. <see cref="SignedIn"/> holds wherever nothing else is said.</summary>
public static class Policies
{
    /// <summary>Someone with an account. A guest's cookie does not do.</summary>
    public const string SignedIn = "SignedIn";

    /// <summary>Someone with an account, or a guest of a share link.</summary>
    public const string Chat = "Chat";

    /// <summary>The account that set this server up.</summary>
    public const string Administrator = "Administrator";

    internal static void Configure(AuthorizationOptions options)
    {
        var signedIn = new AuthorizationPolicyBuilder().RequireAssertion(context => context.User.ToCaller().User is not null).Build();
        options.DefaultPolicy = signedIn;
        options.FallbackPolicy = signedIn;
        options.AddPolicy(SignedIn, signedIn);
        options.AddPolicy(Chat, policy => policy.RequireAssertion(context => !context.User.ToCaller().IsAnonymous));
        options.AddPolicy(Administrator, policy => policy.RequireAssertion(
            context => context.User.ToCaller().User is not null && context.User.HasClaim(CallerClaims.Administrator, "true")));
    }
}
