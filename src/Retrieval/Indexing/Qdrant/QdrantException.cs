namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>Why a call to Qdrant failed, as far as it matters to what is done next.</summary>
internal enum QdrantFailure
{
    /// <summary>Not reached, reset, timed out, not ready, or given a rest by the circuit breaker. Later it may work.</summary>
    Unavailable,

    /// <summary>429: asked too often. Later it will work.</summary>
    Busy,

    /// <summary>500: an internal fault, such as a full disk. Later it may work, when someone has looked after it.</summary>
    Broken,

    /// <summary>401 or 403: the key is missing, wrong or may not write.</summary>
    Denied,

    /// <summary>404: the collection does not exist.</summary>
    Missing,

    /// <summary>413, or a refused body that was long, or a rate limit that the batch can never pass: send less at once.</summary>
    TooLarge,

    /// <summary>400, 409, 422 and what else our own mistake would be.</summary>
    Rejected,

    /// <summary>The collection is not as it must be, or what answers is not Qdrant.</summary>
    Misconfigured,
}

/// <summary>A call to Qdrant failed. The message is for the operator; it never holds the key or a text.</summary>
internal sealed class QdrantException(QdrantFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public QdrantFailure Failure { get; } = failure;

    /// <summary>Whether the same call may succeed later without any change to it.</summary>
    public bool IsTransient => Failure is QdrantFailure.Unavailable or QdrantFailure.Busy or QdrantFailure.Broken;
}
