using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Rag.Web.Access;
using Rag.Web.Data;

namespace Rag.Web.Accounts;

internal static class AccountsSetup
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(1);

    /// <summary>ASP.NET Core Identity with closed registration, the guest cookie, the policies and the set-up link.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddIdentityCore<IdentityUser>(options =>
            {
                // Length beats character classes (NIST SP 800-63B).
                options.Password.RequiredLength = 10;
                options.Password.RequireDigit = options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
                options.Lockout.MaxFailedAccessAttempts = 5;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
            })
            .AddEntityFrameworkStores<AppDbContext>()
            .AddSignInManager();
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = Recheck);

        var authentication = services.AddAuthentication(IdentityConstants.ApplicationScheme);
        authentication.AddApplicationCookie();
        authentication.AddCookie(CallerClaims.GuestScheme, options =>
        {
            options.Cookie.Name = "docent-guest";
            options.ExpireTimeSpan = TimeSpan.FromDays(180);
        });
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme, options =>
        {
            options.Cookie.Name = "docent-account";
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "returnUrl";
            options.ExpireTimeSpan = TimeSpan.FromDays(14);
        });
        foreach (var scheme in new[] { IdentityConstants.ApplicationScheme, CallerClaims.GuestScheme })
        {
            services.Configure<CookieAuthenticationOptions>(scheme, Harden);
        }

        services.AddAuthorization(Policies.Configure);
        services.AddRateLimiter(AccountRateLimits.Configure);
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, RecheckedAuthentication>();
        services.AddScoped<CallerAccessor>();
        services.AddHttpContextAccessor();
        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext?.User.ToCaller()
            ?? throw new InvalidOperationException("A Caller is a parameter of endpoints; components ask CallerAccessor."));

        services.AddSingleton<SetupTickets>();
        services.AddScoped<OwnerAccount>();
        services.AddKeyedSingleton(SetupLinkPrinter.Console, (_, _) => SetupLinkPrinter.SystemConsole());
        services.AddHostedService<SetupLinkPrinter>();
        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/sign-out", async Task<RedirectHttpResult> (SignInManager<IdentityUser> signIn) =>
        {
            await signIn.SignOutAsync();
            return TypedResults.LocalRedirect("/sign-in");
        }).RequireAuthorization(Policies.SignedIn).AddEndpointFilter<AntiforgeryFormFilter>();

    private static void Harden(CookieAuthenticationOptions options)
    {
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;   // Strict would lose the guest who follows a link from a mail
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostPrefixCookies();
        options.SlidingExpiration = true;
        options.Events.OnRedirectToLogin = AskForSignIn;
        options.Events.OnRedirectToAccessDenied = Deny;
    }

    private static Task AskForSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/_blazor"))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            var wanted = context.Request.Path == "/" ? "" : $"?returnUrl={Uri.EscapeDataString(context.Request.PathBase + context.Request.Path)}";
            context.Response.Redirect($"/sign-in{wanted}");
        }

        return Task.CompletedTask;
    }

    /// <summary>A guest who wants an owner's page is asked to sign in; an account without the right finds nothing there.</summary>
    private static Task Deny(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.HttpContext.User.ToCaller().User is null)
        {
            return AskForSignIn(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
