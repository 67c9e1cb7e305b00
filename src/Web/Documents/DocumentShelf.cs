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
    Func<EmbedderFacts> embedder,
    UploadLimits limits,
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

        var outcome = await TakeAsync(own, fileName, content, async (stored, name) => await library.AddAsync(own.Scope, stored, name, CancellationToken.None), cancel);
        if (outcome.Document is { } document)
        {
            await assistants.SuggestNameAsync(own, document.FileName, CancellationToken.None);
        }

        return outcome;
    }

    /// <summary>Puts a new file in the place of one that is there, under its id. The old one answers until the new one is read.</summary>
    /// <param name="fileName">As the browser sent it.</param>
    public async Task<UploadOutcome> ReplaceAsync(Caller caller, AssistantId assistant, DocumentId document, string? fileName, Stream content, CancellationToken cancel)
    {
        if (await OwnAsync(caller, assistant, cancel) is not { } own || await library.FindAsync(own.Scope, document, cancel) is null)
        {
            return UploadOutcome.Refused(UploadProblem.NotFound, "There is no such file.");
        }

        return await TakeAsync(
            own, fileName, content, async (stored, name) => await library.ReplaceAsync(own.Scope, document, stored, name, CancellationToken.None) ? document : null, cancel);
    }

    /// <param name="enter">Makes stored bytes a file. Nobody can give that up: they are safe by now, and bytes without a file would lie about until the next sweep.</param>
    private async Task<UploadOutcome> TakeAsync(
        AssistantGrant own, string? fileName, Stream content, Func<StoredUpload, string, Task<DocumentId?>> enter, CancellationToken cancel)
    {
        var name = FileNames.Clean(fileName);
        if (FileNames.Kind(name) is not { } kind)
        {
            return UploadOutcome.Refused(UploadProblem.WrongType, UploadLimits.UnreadableSentence(name));
        }

        var peeked = await PeekedStream.OpenAsync(content, FileSignature.Bytes, cancel);
        try
        {
            if (FileSignature.Check(kind, peeked.Start) is { } reason)
            {
                return UploadOutcome.Refused(reason == RefusalReason.WrongType ? UploadProblem.WrongType : UploadProblem.Empty, Refusals.Sentence(reason));
            }

            if (await uploads.SaveAsync(peeked, limits.Of(name), cancel) is not { } stored)
            {
                return UploadOutcome.Refused(UploadProblem.TooLarge, limits.Sentence(name));
            }

            return await enter(stored, name) is { } document
                ? new UploadOutcome(await library.FindAsync(own.Scope, document, CancellationToken.None), null, null)
                : UploadOutcome.Refused(UploadProblem.NotFound, "There is no such file.");
        }
        catch (IOException failure) when (!peeked.BrokenOff)
        {
            logger.UploadNotKept(failure);
            return UploadOutcome.Refused(UploadProblem.StorageFull, "The storage is full, nothing was saved. Free some space on the server, then upload again.");
        }
    }

    public async Task<bool> CancelAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own && await library.CancelAsync(own.Scope, document, cancel);

    public async Task<bool> RetryAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own && await library.RetryAsync(own.Scope, document, cancel);

    /// <summary>Gives up a replacement or a new reading that failed; the file is as it was before.</summary>
    public async Task<bool> KeepAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own && await library.KeepAsync(own.Scope, document, cancel);

    public static string MeasuresSentence { get; } =
        $"Passages have {ChunkMeasures.LeastBody} to {ChunkMeasures.MostBody} word pieces, headings {ChunkMeasures.LeastPrefix} to {ChunkMeasures.MostPrefix}.";

    public async Task<ChunkMeasures?> MeasuresAsync(Caller caller, AssistantId assistant, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own ? await library.MeasuresAsync(own.Scope, cancel) : null;

    /// <param name="measures">Valid; see <see cref="MeasuresSentence"/>.</param>
    public async Task<bool> SetMeasuresAsync(Caller caller, AssistantId assistant, ChunkMeasures measures, CancellationToken cancel)
    {
        if (await OwnAsync(caller, assistant, cancel) is not { } own)
        {
            return false;
        }

        await library.SetMeasuresAsync(own.Scope, measures, cancel);
        return true;
    }

    /// <summary>Reads all searchable files anew; what was read before answers meanwhile. Null for no such assistant.</summary>
    public async Task<int?> ReadAgainAsync(Caller caller, AssistantId assistant, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own ? await library.ReadAgainAsync(own.Scope, cancel) : null;

    /// <summary>What happened to a file, oldest first.</summary>
    public async Task<IReadOnlyList<DocumentLogLine>?> LogAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own ? await library.LogAsync(own.Scope, document, cancel) : null;

    /// <summary>Text in a file that a reader cannot see, page by page.</summary>
    public async Task<IReadOnlyList<HiddenSpan>?> HiddenTextAsync(Caller caller, AssistantId assistant, DocumentId document, CancellationToken cancel) =>
        await OwnAsync(caller, assistant, cancel) is { } own ? await library.HiddenTextAsync(own.Scope, document, cancel) : null;

    /// <summary>What an owner should know of the files before others ask them.</summary>
    public async Task<IReadOnlyList<ReadinessLine>?> ReadinessAsync(Caller caller, AssistantId assistant, CancellationToken cancel) =>
        await ListAsync(caller, assistant, cancel) is { } files ? Readiness.Of(files, embedder()) : null;

    /// <summary>The same lines for files that the caller was just given.</summary>
    public IReadOnlyList<ReadinessLine> ReadinessOf(IReadOnlyList<DocumentStatus> files) => Readiness.Of(files, embedder());

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
            || await library.OpenOriginalAsync(own.Scope, document, null, cancel) is not { } content)
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
