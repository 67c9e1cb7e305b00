using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Web.Access;

namespace Rag.Web.Admin;

/// <summary>The status page for programs.</summary>
public sealed record StatusView(IReadOnlyList<StatusSection> Sections, SelfTestView SelfTest);

internal static class StatusApi
{
    public static void MapStatus(this IEndpointRouteBuilder routes)
    {
        var status = routes.MapGroup("/api/v1/status").RequireAuthorization(Policies.Administrator).AddEndpointFilter<AntiforgeryHeaderFilter>();
        status.MapGet("/", ReadAsync);
        status.MapPost("/self-test", StartAsync);
        status.MapDelete("/self-test", CancelAsync);
    }

    private static async Task<Results<Ok<StatusView>, NotFound>> ReadAsync(StatusReport report, SelfTestBoard board, Caller caller, CancellationToken cancel) =>
        await board.ReadAsync(caller, cancel) is { } test ? TypedResults.Ok(new StatusView(await report.ReadAsync(cancel), test)) : TypedResults.NotFound();

    /// <summary>It runs in the background; the status says how it went.</summary>
    private static async Task<Results<Accepted, Conflict, NotFound>> StartAsync(SelfTestBoard board, Caller caller, CancellationToken cancel) =>
        await board.StartAsync(caller, cancel) switch
        {
            true => TypedResults.Accepted("/api/v1/status"),
            false => TypedResults.Conflict(),
            null => TypedResults.NotFound(),
        };

    private static async Task<Results<NoContent, NotFound>> CancelAsync(SelfTestBoard board, Caller caller, CancellationToken cancel) =>
        await board.CancelAsync(caller, cancel) ? TypedResults.NoContent() : TypedResults.NotFound();
}
