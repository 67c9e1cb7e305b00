using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Web.Access;
using Rag.Web.Assistants;

namespace Rag.Web.TestQuestions;

/// <summary>A test question by HTTP. Unknown fields are refused.</summary>
/// <param name="Page">Physical page, from 1; absent: any page of the file.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TestQuestionInput(string? Question, Guid Document, int? Page);

public sealed record TestQuestionCreated(Guid Id);

internal static class TestQuestionsApi
{
    public static void MapTestQuestions(this IEndpointRouteBuilder routes)
    {
        var tests = routes.MapGroup("/api/v1/assistants/{assistant:guid}/tests").RequireAuthorization(Policies.SignedIn).AddEndpointFilter<AntiforgeryHeaderFilter>();
        tests.MapGet("/", ReportAsync);
        tests.MapPost("/", CreateAsync);
        tests.MapPost("/run", RunAsync);
        tests.MapDelete("/{test:guid}", DeleteAsync);
    }

    private static async Task<Results<Ok<TestReport>, NotFound>> ReportAsync(Guid assistant, TestQuestionStore store, Caller caller, CancellationToken cancel) =>
        await store.ReportAsync(caller, new AssistantId(assistant), cancel) is { } report ? TypedResults.Ok(report) : TypedResults.NotFound();

    private static async Task<Results<Created<TestQuestionCreated>, ValidationProblem, NotFound>> CreateAsync(
        Guid assistant, TestQuestionInput input, TestQuestionStore store, Caller caller, CancellationToken cancel) =>
        await store.SaveAsync(caller, new AssistantId(assistant), new TestQuestionDraft(input.Question ?? "", input.Document, input.Page), cancel) switch
        {
            { Id: { } id } => TypedResults.Created($"/api/v1/assistants/{assistant:N}/tests/{id:N}", new TestQuestionCreated(id)),
            { Problem: { } problem } => TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["test"] = [problem] }),
            _ => TypedResults.NotFound(),
        };

    /// <summary>They are asked in the background; the report says how far it is.</summary>
    private static async Task<Results<Accepted, NotFound>> RunAsync(Guid assistant, TestQuestionStore store, Caller caller, CancellationToken cancel) =>
        await store.RunAsync(caller, new AssistantId(assistant), cancel) ? TypedResults.Accepted((string?)null) : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid assistant, Guid test, TestQuestionStore store, Caller caller, CancellationToken cancel) =>
        await store.DeleteAsync(caller, new AssistantId(assistant), test, cancel) ? TypedResults.NoContent() : TypedResults.NotFound();
}
