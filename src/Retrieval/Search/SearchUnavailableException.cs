namespace Rag.Retrieval.Search;

/// <summary>The index cannot be searched at the moment. The message is one sentence for the user; what the operator needs is in the log.</summary>
public sealed class SearchUnavailableException : Exception
{
    public SearchUnavailableException()
        : this("Document search is unavailable at the moment. Try again in a minute.")
    {
    }

    public SearchUnavailableException(string message)
        : base(message)
    {
    }

    public SearchUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
