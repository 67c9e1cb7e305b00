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

    /// <summary>Gone from answers when this returns; bytes go with their last reference.</summary>
    Task<bool> DeleteAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);

    /// <summary>Deletes the knowledge base with all its files.</summary>
    Task DeleteAllAsync(KnowledgeScope scope, CancellationToken cancel);

    /// <summary>A page as it was in that generation; null when unknown.</summary>
    Task<PageText?> FindPageAsync(KnowledgeScope scope, DocumentId document, int generation, int page, CancellationToken cancel);

    /// <summary>The uploaded bytes, for "open original"; null when unknown.</summary>
    Task<Stream?> OpenOriginalAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel);
}
