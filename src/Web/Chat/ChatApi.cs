using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Web.Access;
using Rag.Web.Assistants;

namespace Rag.Web.Chat;

/// <summary>Conversations, answers as server-sent events, and cited pages by HTTP.</summary>
public static class ChatApi
{
    public static IEndpointRouteBuilder MapChat(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").RequireAuthorization(Policies.Chat)
            .WithMetadata(new NeedsAssistantAttribute(AssistantRight.Chat)).AddEndpointFilter<AntiforgeryHeaderFilter>();
        api.MapGet("/assistants/{assistant:guid}/conversations", ListAsync);
        api.MapPost("/assistants/{assistant:guid}/conversations", (
            Guid assistant, AskRequest ask, AnswerService answers, Caller caller, CancellationToken cancel) =>
            AskAsync(answers, caller, ask, new AssistantId(assistant), null, cancel));
        api.MapGet("/conversations/{conversation:guid}", FindAsync);
        api.MapPost("/conversations/{conversation:guid}/turns", ContinueAsync);
        api.MapDelete("/conversations/{conversation:guid}", DeleteAsync);
        api.MapGet("/turns/{turn:guid}/events", RejoinAsync);
        api.MapPost("/turns/{turn:guid}/again", AgainAsync);
        api.MapPost("/turns/{turn:guid}/stop", StopAsync);
        api.MapPut("/turns/{turn:guid}/feedback", FeedbackAsync);
        api.MapGet("/turns/{turn:guid}/sources/{number:int}", SourceAsync);
        api.MapGet("/turns/{turn:guid}/sources/{number:int}/original", OriginalAsync);
        return routes;
    }

    private static async Task<Results<Ok<IEnumerable<ConversationItem>>, NotFound>> ListAsync(
        Guid assistant, ConversationStore store, Caller caller, CancellationToken cancel) =>
        await store.ListAsync(caller, new AssistantId(assistant), cancel) is { } list ? TypedResults.Ok(list.Select(c => c.ToItem())) : TypedResults.NotFound();

    private static async Task<Results<Ok<ConversationReply>, NotFound>> FindAsync(
        Guid conversation, ConversationStore store, Caller caller, CancellationToken cancel) =>
        await store.FindAsync(caller, new ConversationId(conversation), cancel) is { } view ? TypedResults.Ok(view.ToReply()) : TypedResults.NotFound();

    private static async Task<IResult> ContinueAsync(
        Guid conversation, AskRequest ask, AnswerService answers, ConversationStore store, Caller caller, CancellationToken cancel)
    {
        var id = new ConversationId(conversation);
        return await store.FindAsync(caller, id, cancel) is { } view
            ? await AskAsync(answers, caller, ask, view.Assistant, id, cancel)
            : TypedResults.NotFound();
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid conversation, ConversationStore store, Caller caller, CancellationToken cancel) =>
        await store.DeleteAsync(caller, new ConversationId(conversation), cancel) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<IResult> RejoinAsync(Guid turn, AnswerService answers, Caller caller, CancellationToken cancel) =>
        await EventsAsync(answers, caller, new TurnId(turn), null, cancel);

    private static async Task<IResult> AgainAsync(Guid turn, AnswerService answers, Caller caller, CancellationToken cancel) =>
        await ReplyAsync(answers, caller, await answers.AskAgainAsync(caller, new TurnId(turn), cancel), cancel);

    private static async Task<Results<NoContent, NotFound>> StopAsync(Guid turn, AnswerService answers, Caller caller, CancellationToken cancel) =>
        await answers.StopAsync(caller, new TurnId(turn), cancel) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> FeedbackAsync(
        Guid turn, FeedbackRequest body, ConversationStore store, Caller caller, CancellationToken cancel) => body.Feedback switch
        {
            null or 1 or -1 => await store.GiveFeedbackAsync(caller, new TurnId(turn), body.Feedback, cancel) ? TypedResults.NoContent() : TypedResults.NotFound(),
            _ => TypedResults.Problem("Feedback is 1, -1 or null.", statusCode: StatusCodes.Status400BadRequest),
        };

    private static async Task<Results<Ok<SourceReply>, NotFound>> SourceAsync(
        Guid turn, int number, SourceStore sources, Caller caller, CancellationToken cancel) =>
        await sources.FindPageAsync(caller, new TurnId(turn), number, cancel) is { } source ? TypedResults.Ok(source.ToReply()) : TypedResults.NotFound();

    /// <summary>Always a download: an uploaded file is never rendered under our origin.</summary>
    private static async Task<Results<FileStreamHttpResult, NotFound>> OriginalAsync(
        Guid turn, int number, SourceStore sources, Caller caller, CancellationToken cancel) =>
        await sources.OpenOriginalAsync(caller, new TurnId(turn), number, cancel) is { } original
            ? TypedResults.File(original.Content, "application/octet-stream", original.FileName)
            : TypedResults.NotFound();

    private static async Task<IResult> AskAsync(
        AnswerService answers, Caller caller, AskRequest ask, AssistantId assistant, ConversationId? conversation, CancellationToken cancel) =>
        await ReplyAsync(answers, caller, await answers.AskAsync(caller, assistant, conversation, ask.Question, cancel), cancel);

    private static async Task<IResult> ReplyAsync(AnswerService answers, Caller caller, AskOutcome outcome, CancellationToken cancel) => outcome switch
    {
        AskOutcome.Accepted accepted => await EventsAsync(answers, caller, accepted.Turn, accepted.Conversation, cancel),
        AskOutcome.Refused refused => new RefusedResult(refused),
        _ => TypedResults.NotFound(),
    };

    private static async Task<IResult> EventsAsync(AnswerService answers, Caller caller, TurnId turn, ConversationId? conversation, CancellationToken cancel) =>
        await answers.WatchAsync(caller, turn, cancel) is { } parts
            ? TypedResults.ServerSentEvents(Stream(parts, turn, conversation, cancel))
            : TypedResults.NotFound();

    private static async IAsyncEnumerable<SseItem<AnswerEvent>> Stream(
        IAsyncEnumerable<IReadOnlyList<AnswerPart>> batches, TurnId turn, ConversationId? conversation, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (conversation is { } id)
        {
            yield return new SseItem<AnswerEvent>(new AnswerEvent(turn.Value, id.Value), "accepted");
        }

        await foreach (var batch in batches.WithCancellation(cancel))
        {
            foreach (var part in batch)
            {
                var (name, data) = part.ToEvent(turn);
                yield return new SseItem<AnswerEvent>(data, name);
            }
        }
    }

    /// <summary>The one place that maps refusals to HTTP: "try later" is never the same as "your input".</summary>
    private sealed class RefusedResult(AskOutcome.Refused refused) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (refused.RetryAfter is { } wait)
            {
                httpContext.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            var status = refused.Reason switch
            {
                AskRefusal.Empty or AskRefusal.TooLong => StatusCodes.Status400BadRequest,
                AskRefusal.CapReached => StatusCodes.Status403Forbidden,
                AskRefusal.StillAnswering => StatusCodes.Status409Conflict,
                _ => StatusCodes.Status429TooManyRequests,
            };
            return TypedResults.Problem(refused.Sentence, statusCode: status).ExecuteAsync(httpContext);
        }
    }
}
