using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Chat;

namespace Rag.Web.Documents;

public enum UploadProblem
{
    /// <summary>No such assistant, or not the caller's.</summary>
    NotFound,

    /// <summary>Not a type that can be read, or content that does not match it.</summary>
    WrongType,
    Empty,
    TooLarge,
    StorageFull,
}

/// <summary>What became of an upload: a document whose bytes and job are safe on disk, or a problem with its sentence.</summary>
public sealed record UploadOutcome(DocumentStatus? Document, UploadProblem? Problem, string? Sentence)
{
    internal static UploadOutcome Refused(UploadProblem problem, string sentence) => new(null, problem, sentence);
}

/// <summary>An uploaded file as it came. The caller disposes the content.</summary>
public sealed record OriginalFile(Stream Content, string FileName, string MediaType);

/// <summary>The files of an assistant, for its owner. Unknown and foreign ids give null or false alike.</summary>
internal sealed class DocumentShelf(
    AccessPolicy policy,
    AssistantStore assistants,
    IDocumentLibrary library,
    IUploadStore uploads,
    ConversationStore conversations,
    IOptions<WebOptions> options,
    ILogger<DocumentShelf> logger)
{
    public async Task<IReadOnlyList<DocumentStatus>?> ListAsync(Caller caller, AssistantId assistant, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own ? await library.ListAsync(own.Scope, cancel) : null;

    public async Task<DocumentStatus?> FindAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own ? await library.FindAsync(own.Scope, document, cancel) : null;

    /// <summary>Streams a file to disk and queues it. Nothing is kept unless the whole file was taken.</summary>
    /// <param name="fileName">As the browser sent it.</param>
    public async Task<UploadOutcome> UploadAsync(Caller caller, AssistantId assistant, string? fileName, Stream content, CancellationToken cancel)
    {
        if (await OwnAsync(caller, assistant, cancel) is not { } own)
        {
            return UploadOutcome.Refused(UploadProblem.NotFound, "There is no such assistant.");
        }

        var name = FileNames.Clean(fileName);
        if (FileNames.Kind(name) is not { } kind)
        {
            return UploadOutcome.Refused(UploadProblem.WrongType, "This type of file cannot be read. Upload a PDF, a .txt or a .md file.");
        }

        try
        {
            var peeked = await PeekedStream.OpenAsync(content, FileSignature.Bytes, cancel);
            if (FileSignature.Check(kind, peeked.Start) is { } reason)
            {
                return UploadOutcome.Refused(reason == RefusalReason.WrongType ? UploadProblem.WrongType : UploadProblem.Empty, Refusals.Sentence(reason));
            }

            if (await uploads.SaveAsync(peeked, options.Value.MaxUploadBytes, cancel) is not { } stored)
            {
                return UploadOutcome.Refused(UploadProblem.TooLarge, TooLargeSentence);
            }

            var document = await library.AddAsync(own.Scope, stored, name, cancel);
            await assistants.SuggestNameAsync(own, name, cancel);
            return new UploadOutcome(await library.FindAsync(own.Scope, document, cancel), null, null);
        }
        catch (IOException failure) when (!cancel.IsCancellationRequested && failure is not BadHttpRequestException)
        {
            logger.UploadNotKept(failure);
            return UploadOutcome.Refused(UploadProblem.StorageFull, "The storage is full, nothing was saved. Free some space on the server, then upload again.");
        }
    }

    public string TooLargeSentence => $"This file is larger than {FileSize.Words(options.Value.MaxUploadBytes)}. Split it and upload the parts.";

    public async Task<bool> CancelAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own && await library.CancelAsync(own.Scope, document, cancel);

    public async Task<bool> RetryAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own && await library.RetryAsync(own.Scope, document, cancel);

    /// <summary>Deletes a file, what was read from it, and what stored answers quote from it.</summary>
    public async Task<bool> DeleteAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel)
    {
        if (await OwnAsync(caller, assistant, cancel) is not { } own || !await library.DeleteAsync(own.Scope, document, cancel))
        {
            return false;
        }

        // Not to be given up half-way by a closed browser: the file is gone, so its words must go.
        await conversations.ForgetDocumentAsync(caller, assistant, document.Value, CancellationToken.None);
        return true;
    }

    public async Task<OriginalFile?> OpenOriginalAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel)
    {
        if (await OwnAsync(caller, assistant, cancel) is not { } own
            || await library.FindAsync(own.Scope, document, cancel) is not { } status
            || await library.OpenOriginalAsync(own.Scope, document, cancel) is not { } content)
        {
            return null;
        }

        // Only types that a browser never runs; anything else is bytes.
        var mediaType = FileNames.Kind(status.FileName) switch
        {
            FileKind.Pdf => "application/pdf",
            FileKind.Text or FileKind.Markdown => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        };
        return new OriginalFile(content, status.FileName, mediaType);
    }

    private Task<AssistantGrant?> OwnAsync(Caller caller, AssistantId assistant, CancellationToken cancel) =>
        policy.FindAssistantAsync(caller, assistant, AssistantRight.Manage, cancel);
}
