using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Jobs;

/// <summary>A job that this worker holds until the lease ends. <see cref="Attempt"/> is the fencing number that guards every write.</summary>
public sealed record JobLease(
    Guid Job,
    DocumentId Document,
    KnowledgeScope Scope,
    int Attempt,
    int Generation,
    string ContentHash,
    string FileName,
    long Bytes,
    string Owner)
{
    /// <summary>The knowledge base's own measures for cutting files, in word pieces; null: the configured ones.</summary>
    public ChunkMeasures Measures { get; init; } = ChunkMeasures.Default;
}

/// <summary>Written with each renewal. Null counts are not known yet.</summary>
/// <param name="PagesPerSecond">Measured while pages are read; null else, and while there is no honest figure.</param>
/// <param name="SecondsLeft">What the worker expects until the file is ready, from rates that it measured; null while it has none.</param>
/// <param name="RecognisingPage">While the words of a scanned page are being recognised, its number; else null.</param>
public sealed record IngestionProgress(
    DocumentState State, int PagesDone = 0, int? PageCount = null, int ChunksDone = 0, int? ChunkCount = null, double? PagesPerSecond = null, double? SecondsLeft = null,
    int? RecognisingPage = null);

/// <summary>What a renewal or a guarded write found. On anything but <see cref="Held"/> the worker stops and writes nothing more.</summary>
public enum LeaseState
{
    Held,

    /// <summary>Another worker took the job, or the document is gone.</summary>
    Lost,

    /// <summary>The owner cancelled; the worker ends the job by <see cref="IJobQueue.FailAsync"/> with <see cref="RefusalReason.Cancelled"/>.</summary>
    CancelRequested,
}

/// <summary>Leased, fenced ingestion jobs. A worker that dies loses nothing: another takes the job when the lease ends.</summary>
public interface IJobQueue
{
    /// <summary>Frees the leases that <paramref name="owner"/> held before it was restarted; each counts as one crash. Call once at start.</summary>
    Task ReleaseOwnedAsync(string owner, CancellationToken cancel);

    /// <summary>Takes the next job, or null. The third crash on one document ends it as <see cref="RefusalReason.WorkerCrashed"/> instead.</summary>
    Task<JobLease?> TryLeaseAsync(string owner, CancellationToken cancel);

    /// <summary>Completes when a job may be waiting, or after a short while.</summary>
    Task WaitForWorkAsync(CancellationToken cancel);

    Task<LeaseState> RenewAsync(JobLease lease, IngestionProgress progress, CancellationToken cancel);

    /// <summary>A line in the file's log, for its owner. Nothing is written when the lease was lost.</summary>
    Task NoteAsync(JobLease lease, string text, CancellationToken cancel);

    /// <summary>Ends the job as Failed with the reason's sentence. False when the lease was lost.</summary>
    Task<bool> FailAsync(JobLease lease, RefusalReason reason, CancellationToken cancel);

    /// <summary>
    /// Puts the job off because of a cause that may pass; it is taken again after a pause that grows with each failure. No crash is counted. After
    /// too many the job ends as Failed with the reason.
    /// </summary>
    /// <returns>When it is tried again; null when it ended, or when the lease was lost.</returns>
    Task<DateTime?> PostponeAsync(JobLease lease, RefusalReason reason, CancellationToken cancel);

    /// <summary>
    /// Puts the job back where a much smaller file waits that is due before it (see <see cref="QueueOrder"/>); what was stored of it stays, no crash is counted. Call where
    /// little is lost by stopping.
    /// </summary>
    /// <returns>False: nothing of the kind waits, or the lease was lost; go on.</returns>
    Task<bool> MakeWayAsync(JobLease lease, CancellationToken cancel);

    /// <summary>Gives the job back unharmed (shutdown): no crash is counted, the next worker starts at once.</summary>
    Task ReturnAsync(JobLease lease, CancellationToken cancel);
}
