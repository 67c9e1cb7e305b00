using System.Collections.Concurrent;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>What is known of the collection's state: the last comparison with the database, and where passages are missing.</summary>
internal sealed class QdrantHealth(TimeProvider clock)
{
    private readonly ConcurrentDictionary<KnowledgeBaseId, (long There, long Expected)> incomplete = new();

    /// <summary>When the server last did what it was asked.</summary>
    public DateTimeOffset? ReachedAt { get; private set; }

    /// <summary>The last one that was done to its end.</summary>
    public QdrantComparison? Comparison { get; private set; }

    /// <summary>For the operator; null while all is well.</summary>
    public string? Error { get; private set; }

    public IReadOnlyDictionary<KnowledgeBaseId, (long There, long Expected)> Incomplete => incomplete;

    public void Found(KnowledgeBaseId knowledgeBase, long there, long expected)
    {
        if (there < expected)
        {
            incomplete[knowledgeBase] = (there, expected);
        }
        else
        {
            incomplete.TryRemove(knowledgeBase, out _);
        }
    }

    public void Compared(string collection, long passages, (long Written, long Deleted) repaired)
    {
        Comparison = new QdrantComparison(clock.GetUtcNow(), collection, passages, repaired.Written, repaired.Deleted);
        Reached();
    }

    public void Reached() => (ReachedAt, Error) = (clock.GetUtcNow(), null);

    public void Failed(string error) => Error = error;
}

/// <summary>The collection should be compared with the database now.</summary>
internal sealed class QdrantSignal : Jobs.WakeSignal;
