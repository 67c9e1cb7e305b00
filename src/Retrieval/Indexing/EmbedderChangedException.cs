namespace Rag.Retrieval.Indexing;

/// <summary>The stored vectors come from another embedding model than the one loaded; the two cannot be compared.</summary>
public sealed class EmbedderChangedException : InvalidOperationException
{
    public EmbedderChangedException()
    {
    }

    public EmbedderChangedException(string message)
        : base(message)
    {
    }

    public EmbedderChangedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public EmbedderChangedException(string stored, string loaded)
        : base($"The files were read with the embedding model '{stored}', but '{loaded}' is loaded. Configure the former again, or upload the files again.")
    {
    }
}
