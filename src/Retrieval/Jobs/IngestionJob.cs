using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Jobs;

/// <summary>Work to do on one document. Waiting while it has no owner; the row goes when the job ends, so late writes find nothing.</summary>
internal sealed class IngestionJob
{
    public Guid Id { get; set; }
    public KnowledgeBaseId KnowledgeBase { get; set; }
    public DocumentId Document { get; set; }
    public int Generation { get; set; }

    /// <summary>The fencing number: grows each time the job is taken.</summary>
    public int Attempt { get; set; }
    public int Crashes { get; set; }

    /// <summary>Place in the queue, as a time; see <see cref="QueueOrder"/>.</summary>
    public DateTime DueAt { get; set; }
    public string? Owner { get; set; }

    /// <summary>Nobody takes the job before; null: at once. See <see cref="Backoff"/>.</summary>
    public DateTime? NotBefore { get; set; }

    /// <summary>How often it was put off for a passing cause.</summary>
    public int Failures { get; set; }
    public DateTime? LeaseEnd { get; set; }
    public bool CancelRequested { get; set; }
}
