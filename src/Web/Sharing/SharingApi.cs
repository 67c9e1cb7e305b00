using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Shell;

namespace Rag.Web.Sharing;

/// <summary>A link as its owner sees it afterwards; the token is gone.</summary>
public sealed record ShareLinkView(Guid Id, DateTime CreatedAt, DateTime? ExpiresAt, bool Passphrase, int? MessageCap, int MessagesUsed, bool SourcesAllowed)
{
    public static ShareLinkView From(ShareLink link) => new(
        link.Id, link.CreatedAt, link.ExpiresAt, link.PassphraseHash is not null, link.MessageCap, link.MessagesUsed, link.SourcesAllowed);
}

/// <param name="Path">The link's path on this server. Shown this once.</param>
public sealed record NewShareLinkView(ShareLinkView Link, string Path);

internal static class SharingApi
{
    public static void MapSharing(this IEndpointRouteBuilder routes)
    {
        var links = routes.MapGroup("/api/v1/assistants/{assistant:guid}/links")
            .RequireAuthorization(Policies.SignedIn).AddEndpointFilter<AntiforgeryHeaderFilter>();
        links.MapGet("/", ListAsync);
        links.MapPost("/", CreateAsync);
        links.MapDelete("/{link:guid}", RevokeAsync);

        routes.MapGet("/s/{token}", EnterAsync).AllowAnonymous();
    }

    private static async Task<Results<Ok<ShareLinkView[]>, NotFound>> ListAsync(Guid assistant, ShareLinkStore links, Caller caller, CancellationToken cancel) =>
        await links.ListAsync(caller, new AssistantId(assistant), cancel) is { } list
            ? TypedResults.Ok(list.Select(ShareLinkView.From).ToArray())
            : TypedResults.NotFound();

    private static async Task<Results<Created<NewShareLinkView>, ValidationProblem, NotFound>> CreateAsync(
        Guid assistant, ShareLinkTerms terms, ShareLinkStore links, TimeProvider clock, Caller caller, CancellationToken cancel)
    {
        var utc = terms with { ExpiresAt = terms.ExpiresAt?.ToUniversalTime() };
        if (utc.Problems(clock.GetUtcNow().UtcDateTime) is { Count: > 0 } problems)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["link"] = [.. problems] });
        }

        return await links.CreateAsync(caller, new AssistantId(assistant), utc, cancel) is { } created
            ? TypedResults.Created($"/api/v1/assistants/{assistant:N}/links/{created.Link.Id:N}",
                new NewShareLinkView(ShareLinkView.From(created.Link), $"/s/{created.Token}"))
            : TypedResults.NotFound();
    }

    private static async Task<Results<NoContent, NotFound>> RevokeAsync(
        Guid assistant, Guid link, ShareLinkStore links, Caller caller, CancellationToken cancel) =>
        await links.RevokeAsync(caller, new AssistantId(assistant), link, cancel) ? TypedResults.NoContent() : TypedResults.NotFound();

    /// <summary>The door of a share link: into the chat, to the question for the passphrase, or to one page that says it does not work.</summary>
    private static async Task EnterAsync(string token, HttpContext context, GuestDoor door, CancellationToken cancel)
    {
        var admission = await door.LookAsync(token, context.User.ToCaller().Guest, cancel);
        if (admission.Answer == DoorAnswer.Admitted)
        {
            admission = await door.AdmitAsync(token, null, await GuestIdentity.EnsureAsync(context), cancel);
        }

        switch (admission)
        {
            case { Answer: DoorAnswer.Admitted, Assistant: { } assistant }:
                context.Response.Redirect($"/chat/{assistant}");
                break;
            case { Answer: DoorAnswer.PassphraseNeeded }:
                context.Response.Redirect($"/s/{token}/passphrase");
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                await ConstantPages.WriteAsync(context.Response, ConstantPages.DeadLink, cancel);
                break;
        }
    }
}
