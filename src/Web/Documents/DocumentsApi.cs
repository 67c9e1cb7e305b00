using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Assistants;

namespace Rag.Web.Documents;

/// <summary>A file as the HTTP API shows it.</summary>
/// <param name="Pages">Null until known.</param>
/// <param name="Message">One sentence about a failure or a warning; else null.</param>
public sealed record DocumentView(
    Guid Id, string FileName, string Title, long Bytes, DocumentState State, bool Searchable, int PagesDone, int? Pages,
    IReadOnlyList<int> PagesWithoutText, string? Message, double? SecondsLeft, DateTime CreatedAt)
{
    public static DocumentView From(DocumentStatus status) => new(
        status.Id.Value, status.FileName, status.Title, status.Bytes, status.State, status.IsSearchable, status.PagesDone, status.PageCount,
        status.PagesWithoutText, status.Message, status.SecondsLeft, status.CreatedAt);
}

internal static class DocumentsApi
{
    /// <summary>Room for the multipart lines around a file.</summary>
    private const int Envelope = 64 * 1024;

    public static void MapDocuments(this IEndpointRouteBuilder routes)
    {
        var limit = routes.ServiceProvider.GetRequiredService<IOptions<WebOptions>>().Value.MaxUploadBytes + Envelope;
        var documents = routes.MapGroup("/api/v1/assistants/{assistant:guid}/documents")
            .RequireAuthorization(Policies.SignedIn).AddEndpointFilter<AntiforgeryHeaderFilter>();
        documents.MapGet("/", ListAsync);
        documents.MapPost("/", UploadAsync).WithMetadata(new RequestSizeLimitAttribute(limit));
        documents.MapGet("/{document:guid}", FindAsync);
        documents.MapDelete("/{document:guid}", DeleteAsync);
        documents.MapPost("/{document:guid}/cancel", CancelAsync);
        documents.MapPost("/{document:guid}/retry", RetryAsync);
        documents.MapGet("/{document:guid}/original", OriginalAsync);
    }

    private static async Task<Results<Ok<DocumentView[]>, NotFound>> ListAsync(Guid assistant, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.ListAsync(caller, new AssistantId(assistant), cancel) is { } list
            ? TypedResults.Ok(list.Select(DocumentView.From).ToArray())
            : TypedResults.NotFound();

    private static async Task<Results<Ok<DocumentView>, NotFound>> FindAsync(
        Guid assistant, Guid document, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.FindAsync(caller, new AssistantId(assistant), new DocumentId(document), cancel) is { } status
            ? TypedResults.Ok(DocumentView.From(status))
            : TypedResults.NotFound();

    /// <summary>One file a request: the raw body with <c>?name=</c>, or the first file of a multipart form. Streamed to disk, never held.</summary>
    private static async Task<Results<Created<DocumentView>, ProblemHttpResult, NotFound>> UploadAsync(
        Guid assistant, string? name, HttpRequest request, DocumentShelf shelf, IOptions<WebOptions> options, Caller caller, CancellationToken cancel)
    {
        if (request.ContentLength > options.Value.MaxUploadBytes + Envelope)
        {
            return Refuse(UploadProblem.TooLarge, shelf.TooLargeSentence);   // said before a byte is read
        }

        UploadOutcome outcome;
        try
        {
            if (await OpenAsync(request, name, cancel) is not var (fileName, content))
            {
                return TypedResults.Problem("The form holds no file.", statusCode: StatusCodes.Status400BadRequest);
            }

            outcome = await shelf.UploadAsync(caller, new AssistantId(assistant), fileName, content, cancel);
        }
        catch (BadHttpRequestException bad) when (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refuse(UploadProblem.TooLarge, shelf.TooLargeSentence);
        }
        catch (InvalidDataException)
        {
            return TypedResults.Problem("The form could not be read.", statusCode: StatusCodes.Status400BadRequest);
        }

        return outcome switch
        {
            { Document: { } taken } => TypedResults.Created($"/api/v1/assistants/{assistant:N}/documents/{taken.Id}", DocumentView.From(taken)),
            { Problem: UploadProblem.NotFound or null } => TypedResults.NotFound(),
            _ => Refuse(outcome.Problem.Value, outcome.Sentence),
        };
    }

    private static async Task<(string? Name, Stream Content)?> OpenAsync(HttpRequest request, string? name, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return (name, request.Body);
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is not { Length: > 0 and <= 70 })
        {
            return null;
        }

        var reader = new MultipartReader(boundary, request.Body) { HeadersLengthLimit = 16 * 1024 };
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
            {
                var sent = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
                return (HeaderUtilities.RemoveQuotes(sent).Value, section.Body);
            }
        }

        return null;
    }

    private static ProblemHttpResult Refuse(UploadProblem problem, string? sentence) => TypedResults.Problem(sentence, title: problem.ToString(), statusCode: problem switch
    {
        UploadProblem.TooLarge => StatusCodes.Status413PayloadTooLarge,
        UploadProblem.WrongType => StatusCodes.Status415UnsupportedMediaType,
        UploadProblem.StorageFull => StatusCodes.Status507InsufficientStorage,
        _ => StatusCodes.Status422UnprocessableEntity,
    });

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid assistant, Guid document, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.DeleteAsync(caller, new AssistantId(assistant), new DocumentId(document), cancel) ? TypedResults.NoContent() : TypedResults.NotFound();

    /// <summary>404 for an unknown file, 409 for one that is already finished.</summary>
    private static async Task<Results<Accepted, NotFound, Conflict>> CancelAsync(
        Guid assistant, Guid document, DocumentShelf shelf, Caller caller, CancellationToken cancel)
    {
        var (owner, id) = (new AssistantId(assistant), new DocumentId(document));
        return await shelf.FindAsync(caller, owner, id, cancel) is null ? TypedResults.NotFound()
            : await shelf.CancelAsync(caller, owner, id, cancel) ? TypedResults.Accepted((string?)null) : TypedResults.Conflict();
    }

    /// <summary>404 for an unknown file, 409 for one that did not fail.</summary>
    private static async Task<Results<Accepted, NotFound, Conflict>> RetryAsync(
        Guid assistant, Guid document, DocumentShelf shelf, Caller caller, CancellationToken cancel)
    {
        var (owner, id) = (new AssistantId(assistant), new DocumentId(document));
        return await shelf.FindAsync(caller, owner, id, cancel) is null ? TypedResults.NotFound()
            : await shelf.RetryAsync(caller, owner, id, cancel) ? TypedResults.Accepted((string?)null) : TypedResults.Conflict();
    }

    /// <summary>Always a download: a file of ours that opened inside the page could run as ours.</summary>
    private static async Task<Results<FileStreamHttpResult, NotFound>> OriginalAsync(
        Guid assistant, Guid document, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.OpenOriginalAsync(caller, new AssistantId(assistant), new DocumentId(document), cancel) is { } file
            ? TypedResults.File(file.Content, file.MediaType, file.FileName)
            : TypedResults.NotFound();
}
