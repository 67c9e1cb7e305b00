using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Rag.Web.Access;
using Rag.Web.Accounts;
using Rag.Web.Admin;
using Rag.Web.Assistants;
using Rag.Web.Chat;
using Rag.Web.Data;
using Rag.Web.Documents;
using Rag.Web.Models;
using Rag.Web.Sharing;
using Rag.Web.TestQuestions;

namespace Rag.Web.Shell;

/// <summary>The web part as two lists: what is registered, what is mapped.</summary>
public static class DocentWeb
{
    private const string DefaultAddress = "http://localhost:5080";
    private const int MaxCircuitMessageBytes = 32 * 1024;

    public static WebApplicationBuilder AddDocentWeb(this WebApplicationBuilder builder)
    {
        // From a build's output, static files lie in several folders; a publish has them in one, and then this does nothing.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        builder.Services.AddOptionsWithValidateOnStart<WebOptions>().BindConfiguration(WebOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<WebOptions>, WebOptionsValidator>();
        builder.AddAppDatabase();   // first: its migration runs before every other hosted service

        builder.Services.AddSingleton<AccessPolicy>();
        builder.Services.AddAccounts();
        builder.Services.AddSingleton<AssistantStore>();
        builder.Services.AddScoped<DocumentShelf>();
        builder.Services.AddSingleton<ShareLinkStore>();
        builder.Services.AddSingleton<GuestDoor>();
        builder.Services.AddScoped<SampleAssistant>();
        builder.Services.AddSingleton<IStatusSource, ServerStatus>();
        builder.Services.AddSingleton<StatusReport>();
        builder.Services.AddSingleton<SelfTestBoard>();
        builder.Services.AddModels();
        builder.Services.AddSingleton<IPasswordHasher<ShareLink>, PasswordHasher<ShareLink>>();
        builder.Services.AddAnswers(builder.Configuration);
        builder.Services.AddTestQuestions(builder.Configuration);
        builder.Services.AddAntiforgery(options =>
        {
            options.HeaderName = AntiforgeryHeaderFilter.Header;
            options.Cookie.Name = "docent-antiforgery";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true;   // frame-ancestors 'none' says it
        });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        builder.Services.AddProblemDetails();
        builder.Services.AddRazorComponents()
            .AddInteractiveServerComponents(circuit => circuit.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3))
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = MaxCircuitMessageBytes);
        return builder;
    }

    public static WebApplication MapDocentWeb(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseExceptionHandler(error => error.Run(context => Describe(context, StatusCodes.Status500InternalServerError)));
        app.UseStatusCodePages(status => Describe(status.HttpContext, status.HttpContext.Response.StatusCode));
        app.UseMiddleware<SameOrigin>();
        app.UseAuthentication();
        app.UseMiddleware<GuestIdentity>();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseMiddleware<AssistantGate>();
        app.Use(RefuseUnlessForm);
        app.UseAntiforgery();

        app.MapStaticAssets().AllowAnonymous();
        app.MapAccounts();
        app.MapAssistants();
        app.MapDocuments();
        app.MapSharing();
        app.MapChat();
        app.MapTestQuestions();
        app.MapStatus();
        app.MapModels();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)   // our own header says it
            .Add(RequireCallerForCircuits);
        return app;
    }

    /// <summary>A page can be sent a form; the framework throws on anything else.</summary>
    private static Task RefuseUnlessForm(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsPost(context.Request.Method) && !context.Request.HasFormContentType
            && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        return next(context);
    }

    /// <summary>Pages carry their own policy. The circuit's endpoints carry none: guests need them too, strangers do not.</summary>
    private static void RequireCallerForCircuits(EndpointBuilder endpoint)
    {
        if (!endpoint.Metadata.OfType<ComponentTypeMetadata>().Any())
        {
            endpoint.Metadata.Add(new AuthorizeAttribute(Policies.Chat));
        }
    }

    /// <summary>A constant page for people; an empty body for programs.</summary>
    private static Task Describe(HttpContext context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/_blazor"))
        {
            return Task.CompletedTask;
        }

        var page = status switch
        {
            < 400 => null,
            StatusCodes.Status404NotFound => ConstantPages.NotFound,
            StatusCodes.Status429TooManyRequests => ConstantPages.TooManyTries,
            < 500 => ConstantPages.BadRequest,
            _ => ConstantPages.Error,
        };
        return page is null ? Task.CompletedTask : ConstantPages.WriteAsync(context.Response, page, context.RequestAborted);
    }
}
