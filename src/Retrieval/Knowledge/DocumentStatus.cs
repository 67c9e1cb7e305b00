namespace Rag.Retrieval.Knowledge;

/// <summary>Where a file is on its way to being searchable. The last three are final.</summary>
public enum DocumentState
{
    Stored,
    Extracting,
    Chunking,
    Embedding,
    Indexing,
    Ready,
    ReadyWithWarnings,
    Failed,
}

/// <summary>Why a file was not taken. Each has one sentence for the user (<see cref="Refusals"/>).</summary>
public enum RefusalReason
{
    Encrypted,
    Damaged,
    Empty,
    WrongType,
    TooLarge,
    TimedOut,
    OutOfMemory,
    ExtractorCrashed,
    WorkerCrashed,
    StorageFull,
    StorageBusy,
    ModelUnavailable,
    Cancelled,

    /// <summary>An Office file from before 2007.</summary>
    OldFormat,

    /// <summary>A picture, and nothing here reads pictures.</summary>
    OcrOff,
}

/// <summary>One file as its owner sees it.</summary>
/// <param name="PagesDone">Pages read so far in the present attempt; <paramref name="PageCount"/> is null until known.</param>
/// <param name="ChunksDone">Chunks embedded so far; <paramref name="ChunkCount"/> is null until known.</param>
/// <param name="Attempt">How often a worker took the job, from 1; 0 before the first.</param>
/// <param name="Message">One sentence for the user about a failure or a warning; null otherwise.</param>
/// <param name="PagesWithoutText">Physical page numbers (from 1) on which no text was found, in order.</param>
/// <param name="SecondsLeft">Estimated from the measured rate of this file; null while there is no honest estimate.</param>
public sealed record DocumentStatus(
    DocumentId Id,
    string FileName,
    string Title,
    string ContentHash,
    long Bytes,
    DocumentState State,
    DateTime StateSince,
    DateTime CreatedAt,
    int PagesDone,
    int? PageCount,
    int ChunksDone,
    int? ChunkCount,
    int Attempt,
    int LiveGeneration,
    RefusalReason? Reason,
    string? Message,
    IReadOnlyList<int> PagesWithoutText,
    double? SecondsLeft)
{
    /// <summary>Those of <see cref="PagesWithoutText"/> that a picture covers.</summary>
    public IReadOnlyList<int> ScannedPages { get; init; } = [];

    public int TableCount { get; init; }

    /// <summary>Pieces of text that a reader of the file does not see.</summary>
    public int HiddenSpans { get; init; }

    /// <summary>Two-letter code of the language most of the text is in; null when it could not be told.</summary>
    public string? Language { get; init; }

    /// <summary>Measured while pages are read; null while there is no honest figure.</summary>
    public double? PagesPerSecond { get; init; }

    /// <summary>The scanned page whose words are being recognised just now; null while none is.</summary>
    public int? RecognisingPage { get; init; }

    /// <summary>An older file of the same knowledge base with the same bytes; else null.</summary>
    public DocumentId? DuplicateOf { get; init; }

    /// <summary>When a file is tried again that a passing cause stopped (then <see cref="Message"/> says which); else null.</summary>
    public DateTime? RetryAt { get; init; }

    /// <summary>The name of the upload that takes this file's place when it is read; else null.</summary>
    public string? NextName { get; init; }

    public bool IsFinal => State is DocumentState.Ready or DocumentState.ReadyWithWarnings or DocumentState.Failed;
    public bool IsSearchable => LiveGeneration > 0;
}
