namespace Rag.Retrieval.Knowledge;

/// <summary>A file in a knowledge base. Removed at once when deleted; its chunks and pages follow through the outbox.</summary>
internal sealed class Document
{
    public DocumentId Id { get; set; }
    public KnowledgeBaseId KnowledgeBase { get; set; }
    public required string FileName { get; set; }
    public required string Title { get; set; }
    public required string ContentHash { get; set; }
    public long Bytes { get; set; }

    /// <summary>An upload that takes the place of the one above when it is read; null when there is none.</summary>
    public string? NextHash { get; set; }
    public string? NextName { get; set; }
    public long NextBytes { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>When the generation that search sees was published; null before the first.</summary>
    public DateTime? LiveSince { get; set; }
    public DocumentState State { get; set; }
    public DateTime StateSince { get; set; }
    public int PagesDone { get; set; }
    public int? PageCount { get; set; }
    public int ChunksDone { get; set; }
    public int? ChunkCount { get; set; }

    /// <summary>When progress was last written.</summary>
    public DateTime? ProgressAt { get; set; }

    /// <summary>As the worker measured and expected it at <see cref="ProgressAt"/>; null while it had no measure.</summary>
    public double? PagesPerSecond { get; set; }
    public double? SecondsLeft { get; set; }

    /// <summary>The scanned page whose words were being recognised at <see cref="ProgressAt"/>; null when none was.</summary>
    public int? RecognisingPage { get; set; }

    /// <summary>How often a worker took the present job.</summary>
    public int Attempt { get; set; }

    /// <summary>The generation that search sees; 0 before the first.</summary>
    public int LiveGeneration { get; set; }

    /// <summary>The highest generation ever begun; a retry takes the next one, so remains of a failed one can be deleted at leisure.</summary>
    public int LastGeneration { get; set; }
    public RefusalReason? Reason { get; set; }
    public string? Message { get; set; }

    /// <summary>When a file is tried again that could not be read for a passing cause; null when it does not wait for that.</summary>
    public DateTime? RetryAt { get; set; }
    public List<int> PagesWithoutText { get; set; } = [];

    /// <summary>What the owner should know before sharing; of the live generation.</summary>
    public List<int> ScannedPages { get; set; } = [];
    public int TableCount { get; set; }
    public int HiddenSpans { get; set; }
    public string? Language { get; set; }

    /// <summary>Passages and their terms in the live generation: this document's part of the knowledge base's statistics.</summary>
    public int LivePassages { get; set; }
    public long LiveTerms { get; set; }

    /// <summary>Forgets how the last job went; the caller enqueues the next.</summary>
    public void StartOver()
    {
        (Reason, Message, ProgressAt, RetryAt, PagesPerSecond, SecondsLeft, RecognisingPage) = (null, null, null, null, null, null, null);
        (PagesDone, PageCount, ChunksDone, ChunkCount, Attempt) = (0, null, 0, null, 0);
    }

    public void Enter(DocumentState state, DateTime now)
    {
        State = state;
        StateSince = now;
    }
}
