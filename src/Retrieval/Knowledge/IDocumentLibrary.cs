namespace Rag.Retrieval.Knowledge;

/// <summary>The files of a knowledge base: add, look at, cancel, retry, delete. Unknown and foreign ids give null or false alike.</summary>
public interface IDocumentLibrary
{
    /// <summary>Commits the document and its job in one transaction; the upload's bytes must be on disk before.</summary>
    Task<DocumentId> AddAsync(KnowledgeScope scope, StoredUpload upload, string fileName, CancellationToken cancel);

    Task<IReadOnlyList<DocumentStatus>> ListAsync(KnowledgeScope scope, CancellationToken cancel);

    Task<DocumentStatus?> FindAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);

    /// <summary>Asks the worker to stop; the file ends as <see cref="RefusalReason.Cancelled"/>. False when there is nothing to cancel.</summary>
    Task<bool> CancelAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);

    /// <summary>Puts a failed file back in the queue with a fresh count of attempts.</summary>
    Task<bool> RetryAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);

    /// <summary>
    /// Puts an upload in the place of a file, under its id: what was read before answers until the new one is, and old answers keep the pages they
    /// quote. A replacement that fails leaves the file as it was, with the reason.
    /// </summary>
    Task<bool> ReplaceAsync(KnowledgeScope scope, DocumentId document, StoredUpload upload, string fileName, CancellationToken cancel);

    /// <summary>Gives up a replacement or a new reading that failed: the file is again as it was. False when there is none.</summary>
    Task<bool> KeepAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);

    /// <summary>Reads every searchable file of the knowledge base anew; what was read before answers meanwhile.</summary>
    /// <returns>How many files.</returns>
    Task<int> ReadAgainAsync(KnowledgeScope scope, CancellationToken cancel);

    Task<ChunkMeasures> MeasuresAsync(KnowledgeScope scope, CancellationToken cancel);

    /// <summary>For files read from now on; <see cref="ReadAgainAsync"/> applies it to all.</summary>
    /// <exception cref="ArgumentException">Outside the bounds.</exception>
    Task SetMeasuresAsync(KnowledgeScope scope, ChunkMeasures measures, CancellationToken cancel);

    /// <summary>What happened to a file, oldest first, at most 200 lines; null when unknown.</summary>
    Task<IReadOnlyList<DocumentLogLine>?> LogAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);

    /// <summary>Text that a reader of the file does not see, in page order, at most 1,000 pieces; null when unknown.</summary>
    Task<IReadOnlyList<HiddenSpan>?> HiddenTextAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);

    /// <summary>Gone from answers when this returns; bytes go with their last reference.</summary>
    Task<bool> DeleteAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);

    /// <summary>Deletes the knowledge base with all its files.</summary>
    Task DeleteAllAsync(KnowledgeScope scope, CancellationToken cancel);

    /// <summary>A page as it was in that generation; null when unknown.</summary>
    Task<PageText?> FindPageAsync(KnowledgeScope scope, DocumentId document, int generation, int page, CancellationToken cancel);

    /// <summary>The uploaded bytes, for "open original"; null when unknown.</summary>
    /// <param name="generation">Of the answer that quotes it: the bytes as they were then; null: the present ones.</param>
    Task<Stream?> OpenOriginalAsync(KnowledgeScope scope, DocumentId document, int? generation, CancellationToken cancel);
}
