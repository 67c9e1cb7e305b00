using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Web.Access;

namespace Rag.Web.Assistants;

/// <summary>An assistant as the HTTP API shows it to its owner.</summary>
public sealed record AssistantView(
    Guid Id, string Name, string Instructions, IReadOnlyList<string> Starters, UnsupportedForGuests UnsupportedForGuests, DateTime CreatedAt, DateTime LastUsedAt)
{
    public static AssistantView From(Assistant assistant) => new(
        assistant.Id.Value, assistant.Name, assistant.Instructions, assistant.Starters, assistant.UnsupportedForGuests, assistant.CreatedAt, assistant.LastUsedAt);
}

/// <summary>What is sent to create or replace one. Absent parts are empty; nothing else is taken.</summary>
/// <param name="UnsupportedForGuests">Absent leaves it as it is.</param>
public sealed record AssistantInput(string? Name, string? Instructions, IReadOnlyList<string>? Starters, UnsupportedForGuests? UnsupportedForGuests = null)
{
    public AssistantDraft ToDraft() => new(Name ?? "", Instructions ?? "", Starters ?? [], UnsupportedForGuests);
}

internal static class AssistantsApi
{
    public static void MapAssistants(this IEndpointRouteBuilder routes)
    {
        var assistants = routes.MapGroup("/api/v1/assistants").RequireAuthorization(Policies.SignedIn).AddEndpointFilter<AntiforgeryHeaderFilter>();
        assistants.MapGet("/", ListAsync);
        assistants.MapPost("/", CreateAsync);
        assistants.MapGet("/{assistant:guid}", FindAsync);
        assistants.MapPut("/{assistant:guid}", SaveAsync);
        assistants.MapDelete("/{assistant:guid}", DeleteAsync);
    }

    private static async Task<Ok<AssistantView[]>> ListAsync(AccessPolicy policy, Caller caller, CancellationToken cancel) =>
        TypedResults.Ok((await policy.ListOwnAsync(caller, cancel)).Select(grant => AssistantView.From(grant.Assistant)).ToArray());

    private static async Task<Results<Created<AssistantView>, ValidationProblem, NotFound>> CreateAsync(
        AssistantInput input, AssistantStore store, Caller caller, CancellationToken cancel) =>
        input.ToDraft().Problems() is { Count: > 0 } problems ? Invalid(problems)
            : await store.CreateAsync(caller, input.ToDraft(), cancel) is { } created
                ? TypedResults.Created($"/api/v1/assistants/{created.Id}", AssistantView.From(created))
                : TypedResults.NotFound();

    private static async Task<Results<Ok<AssistantView>, NotFound>> FindAsync(Guid assistant, AccessPolicy policy, Caller caller, CancellationToken cancel) =>
        await policy.FindAssistantAsync(caller, new AssistantId(assistant), AssistantRight.Manage, cancel) is { } grant
            ? TypedResults.Ok(AssistantView.From(grant.Assistant))
            : TypedResults.NotFound();

    private static async Task<Results<NoContent, ValidationProblem, NotFound>> SaveAsync(
        Guid assistant, AssistantInput input, AssistantStore store, Caller caller, CancellationToken cancel) =>
        await store.SaveAsync(caller, new AssistantId(assistant), input.ToDraft(), cancel) switch
        {
            SaveOutcome.Saved => TypedResults.NoContent(),
            SaveOutcome.Invalid => Invalid(input.ToDraft().Problems()),
            _ => TypedResults.NotFound(),
        };

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(Guid assistant, AssistantStore store, Caller caller, CancellationToken cancel) =>
        await store.DeleteAsync(caller, new AssistantId(assistant), cancel) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static ValidationProblem Invalid(IReadOnlyList<string> problems) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["assistant"] = [.. problems] });
}
