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
    /// <summary>Passages made searchable so far.</summary>
    public int PassagesDone { get; init; }

    /// <summary>Null until known.</summary>
    public int? Passages { get; init; }

    /// <summary>Measured while pages are read; else null.</summary>
    public double? PagesPerSecond { get; init; }

    /// <summary>Why it failed; else null.</summary>
    public RefusalReason? Reason { get; init; }

    /// <summary>When a file is tried again that a passing cause stopped; else null.</summary>
    public DateTime? RetryAt { get; init; }

    /// <summary>Those of <see cref="PagesWithoutText"/> that a picture covers.</summary>
    public IReadOnlyList<int> ScannedPages { get; init; } = [];

    public int Tables { get; init; }

    /// <summary>Pieces of text that a reader of the file does not see.</summary>
    public int HiddenTexts { get; init; }

    /// <summary>Two-letter code; null where it could not be told.</summary>
    public string? Language { get; init; }

    /// <summary>An older file of this assistant with the same bytes; else null.</summary>
    public Guid? DuplicateOf { get; init; }

    public static DocumentView From(DocumentStatus status) => new(
        status.Id.Value, status.FileName, status.Title, status.Bytes, status.State, status.IsSearchable, status.PagesDone, status.PageCount,
        status.PagesWithoutText, status.Message, status.SecondsLeft, status.CreatedAt)
    {
        PassagesDone = status.ChunksDone,
        Passages = status.ChunkCount,
        PagesPerSecond = status.PagesPerSecond,
        Reason = status.Reason,
        RetryAt = status.RetryAt,
        ScannedPages = status.ScannedPages,
        Tables = status.TableCount,
        HiddenTexts = status.HiddenSpans,
        Language = status.Language,
        DuplicateOf = status.DuplicateOf?.Value,
    };
}

/// <summary>A piece of text that a reader of the file cannot see.</summary>
public sealed record HiddenTextView(int Page, HiddenTextKind Kind, string Text);

/// <summary>How many files are to be read anew.</summary>
public sealed record ReadAgainView(int Files);

/// <summary>One thing to know of the files.</summary>
public sealed record ReadinessView(bool Warns, string Text);

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
        documents.MapPut("/{document:guid}/original", ReplaceAsync).WithMetadata(new RequestSizeLimitAttribute(limit));
        documents.MapGet("/{document:guid}/log", LogAsync);
        documents.MapGet("/{document:guid}/hidden-text", HiddenTextAsync);
        documents.MapPost("/{document:guid}/keep", KeepAsync);
        documents.MapGet("/readiness", ReadinessAsync);
        documents.MapGet("/measures", MeasuresAsync);
        documents.MapPut("/measures", SetMeasuresAsync);
        documents.MapPost("/read-again", ReadAgainAsync);
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
        Guid assistant, string? name, HttpRequest request, DocumentShelf shelf, UploadLimits limits, Caller caller, CancellationToken cancel)
    {
        var (outcome, refused) = await TakeAsync(
            request, name, limits, (fileName, content) => shelf.UploadAsync(caller, new AssistantId(assistant), fileName, content, cancel), cancel);
        return refused is not null ? refused
            : outcome!.Document is { } taken ? TypedResults.Created($"/api/v1/assistants/{assistant:N}/documents/{taken.Id}", DocumentView.From(taken))
            : TypedResults.NotFound();
    }

    /// <summary>As an upload, in the place of a file that is there: its id, its links and the answers that quote it stay.</summary>
    private static async Task<Results<Accepted<DocumentView>, ProblemHttpResult, NotFound>> ReplaceAsync(
        Guid assistant, Guid document, string? name, HttpRequest request, DocumentShelf shelf, UploadLimits limits, Caller caller, CancellationToken cancel)
    {
        var (outcome, refused) = await TakeAsync(
            request, name, limits,
            (fileName, content) => shelf.ReplaceAsync(caller, new AssistantId(assistant), new DocumentId(document), fileName, content, cancel), cancel);
        return refused is not null ? refused
            : outcome!.Document is { } taken ? TypedResults.Accepted($"/api/v1/assistants/{assistant:N}/documents/{taken.Id}", DocumentView.From(taken))
            : TypedResults.NotFound();
    }

    /// <returns>An outcome with a document or with <see cref="UploadProblem.NotFound"/>; or the refusal to send.</returns>
    private static async Task<(UploadOutcome? Outcome, ProblemHttpResult? Refused)> TakeAsync(
        HttpRequest request, string? name, UploadLimits limits, Func<string?, Stream, Task<UploadOutcome>> take, CancellationToken cancel)
    {
        try
        {
            if (await OpenAsync(request, name, cancel) is not var (fileName, content))
            {
                return (null, TypedResults.Problem("The form holds no file.", statusCode: StatusCodes.Status400BadRequest));
            }

            if (request.ContentLength - Envelope > limits.Of(fileName) && FileNames.Kind(FileNames.Clean(fileName)) is not null)
            {
                return (null, Refuse(UploadProblem.TooLarge, limits.Sentence(fileName)));   // said before a byte of it is read
            }

            var outcome = await take(fileName, content);
            return outcome is { Document: null, Problem: { } problem and not UploadProblem.NotFound } ? (null, Refuse(problem, outcome.Sentence)) : (outcome, null);
        }
        catch (BadHttpRequestException bad) when (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Refuse(UploadProblem.TooLarge, limits.Sentence(name)));
        }
        catch (InvalidDataException)
        {
            return (null, TypedResults.Problem("The form could not be read.", statusCode: StatusCodes.Status400BadRequest));
        }
        catch (Exception gone) when (BrokenOffUpload.Is(gone))
        {
            return (null, BrokenOffUpload.Answer(request.HttpContext, gone));
        }
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

    private static async Task<Results<Ok<DocumentLogLine[]>, NotFound>> LogAsync(
        Guid assistant, Guid document, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.LogAsync(caller, new AssistantId(assistant), new DocumentId(document), cancel) is { } lines ? TypedResults.Ok(lines.ToArray()) : TypedResults.NotFound();

    private static async Task<Results<Ok<HiddenTextView[]>, NotFound>> HiddenTextAsync(
        Guid assistant, Guid document, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.HiddenTextAsync(caller, new AssistantId(assistant), new DocumentId(document), cancel) is { } spans
            ? TypedResults.Ok(spans.Select(span => new HiddenTextView(span.Page, span.Kind, span.Text)).ToArray())
            : TypedResults.NotFound();

    private static async Task<Results<Ok<ReadinessView[]>, NotFound>> ReadinessAsync(Guid assistant, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.ReadinessAsync(caller, new AssistantId(assistant), cancel) is { } lines
            ? TypedResults.Ok(lines.Select(line => new ReadinessView(line.Warns, line.Text)).ToArray())
            : TypedResults.NotFound();

    /// <summary>404 for an unknown file, 409 for one with no failed replacement or new reading.</summary>
    private static async Task<Results<Accepted, NotFound, Conflict>> KeepAsync(
        Guid assistant, Guid document, DocumentShelf shelf, Caller caller, CancellationToken cancel)
    {
        var (owner, id) = (new AssistantId(assistant), new DocumentId(document));
        return await shelf.FindAsync(caller, owner, id, cancel) is null ? TypedResults.NotFound()
            : await shelf.KeepAsync(caller, owner, id, cancel) ? TypedResults.Accepted((string?)null) : TypedResults.Conflict();
    }

    private static async Task<Results<Ok<ChunkMeasures>, NotFound>> MeasuresAsync(Guid assistant, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.MeasuresAsync(caller, new AssistantId(assistant), cancel) is { } measures ? TypedResults.Ok(measures) : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> SetMeasuresAsync(
        Guid assistant, ChunkMeasures measures, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        !measures.IsValid ? TypedResults.Problem(DocumentShelf.MeasuresSentence, statusCode: StatusCodes.Status422UnprocessableEntity)
            : await shelf.SetMeasuresAsync(caller, new AssistantId(assistant), measures, cancel) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<Results<Accepted<ReadAgainView>, NotFound>> ReadAgainAsync(Guid assistant, DocumentShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.ReadAgainAsync(caller, new AssistantId(assistant), cancel) is { } files ? TypedResults.Accepted((string?)null, new ReadAgainView(files)) : TypedResults.NotFound();
}
