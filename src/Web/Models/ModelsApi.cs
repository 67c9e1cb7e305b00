using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Rag.Web.Access;
using Rag.Web.Documents;

namespace Rag.Web.Models;

/// <summary>The Models page for programs.</summary>
public sealed record ModelsView(ModelFoldersView Folders, ImportView Import);

/// <param name="Path">Of a GGUF file on the server's own disk.</param>
/// <param name="Name">Of the new model's folder; null: from the file.</param>
public sealed record ImportFromDisk(string? Path, string? Name = null, int Bits = 8);

internal static class ModelsApi
{
    public const string ImportPath = "/api/v1/model-import";

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        // A little above the limit, so that our own sentence is what a caller gets.
        var limit = routes.ServiceProvider.GetRequiredService<IOptions<WebOptions>>().Value.MaxModelBytes + (1 << 20);
        var models = routes.MapGroup("/api/v1/models").RequireAuthorization(Policies.Administrator).AddEndpointFilter<AntiforgeryHeaderFilter>();
        models.MapGet("/", ReadAsync);
        models.MapDelete("/{model}", RemoveAsync);
        var import = routes.MapGroup(ImportPath).RequireAuthorization(Policies.Administrator).AddEndpointFilter<AntiforgeryHeaderFilter>();
        import.MapPost("/", UploadAsync).WithMetadata(new RequestSizeLimitAttribute(limit));
        import.MapPost("/from-disk", FromDiskAsync);
        import.MapDelete("/", CancelAsync);
    }

    /// <summary>What is installed and how an import goes on.</summary>
    private static async Task<Results<Ok<ModelsView>, NotFound>> ReadAsync(ModelShelf shelf, ImportBoard board, Caller caller, CancellationToken cancel) =>
        await shelf.ReadAsync(caller, cancel) is { } folders && await board.ReadAsync(caller, cancel) is { } import ? TypedResults.Ok(new ModelsView(folders, import)) : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> RemoveAsync(string model, ModelShelf shelf, Caller caller, CancellationToken cancel) =>
        await shelf.RemoveAsync(caller, model, cancel) switch
        {
            { Result: RemoveResult.Removed } => TypedResults.NoContent(),
            { Result: RemoveResult.Refused } refused => TypedResults.Problem(refused.Sentence, statusCode: StatusCodes.Status409Conflict),
            _ => TypedResults.NotFound(),
        };

    /// <summary>The raw body is the file, <paramref name="name"/> its name. Streamed to disk; the import then runs in the background.</summary>
    /// <param name="folder">Name of the new model's folder; empty: from the file.</param>
    private static async Task<Results<Accepted, NotFound, ProblemHttpResult>> UploadAsync(
        string? name, string? folder, int? bits, HttpRequest request, ImportBoard board, ModelUploads uploads, Caller caller, CancellationToken cancel)
    {
        try
        {
            return Result(await board.UploadAsync(caller, new ImportWish(folder, bits ?? 8), name, request.Body, request.ContentLength, cancel));
        }
        catch (BadHttpRequestException bad) when (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Result(new(ImportProblem.TooLarge, uploads.Refuse("model" + ModelUploads.Extension, long.MaxValue)));
        }
        catch (Exception gone) when (BrokenOffUpload.Is(gone))
        {
            return BrokenOffUpload.Answer(request.HttpContext, gone);
        }
    }

    private static async Task<Results<Accepted, NotFound, ProblemHttpResult>> FromDiskAsync(ImportFromDisk body, ImportBoard board, Caller caller, CancellationToken cancel) =>
        Result(await board.FromDiskAsync(caller, new ImportWish(body.Name, body.Bits), body.Path, cancel));

    private static async Task<Results<NoContent, NotFound>> CancelAsync(ImportBoard board, Caller caller, CancellationToken cancel) =>
        await board.CancelAsync(caller, cancel) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static Results<Accepted, NotFound, ProblemHttpResult> Result(ImportStart start) => start.Problem switch
    {
        null => TypedResults.Accepted("/api/v1/models"),
        ImportProblem.NotAllowed => TypedResults.NotFound(),
        { } problem => TypedResults.Problem(start.Sentence, title: problem.ToString(), statusCode: problem switch
        {
            ImportProblem.Busy or ImportProblem.Cancelled => StatusCodes.Status409Conflict,
            ImportProblem.TooLarge => StatusCodes.Status413PayloadTooLarge,
            ImportProblem.WrongType => StatusCodes.Status415UnsupportedMediaType,
            ImportProblem.StorageFull => StatusCodes.Status507InsufficientStorage,
            ImportProblem.NotAvailable => StatusCodes.Status501NotImplemented,
            _ => StatusCodes.Status422UnprocessableEntity,
        }),
    };
}
