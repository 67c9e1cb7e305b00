namespace Rag.Retrieval.Knowledge;

/// <summary>One assistant's set of files. Crosses databases as a plain value; there is no foreign key.</summary>
public readonly record struct KnowledgeBaseId(Guid Value)
{
    public static KnowledgeBaseId New() => new(Guid.CreateVersion7());
    public override string ToString() => Value.ToString("N");
}

/// <summary>One uploaded file in one knowledge base. Stays the same when the file is indexed again.</summary>
public readonly record struct DocumentId(Guid Value)
{
    public static DocumentId New() => new(Guid.CreateVersion7());
    public override string ToString() => Value.ToString("N");
}

/// <summary>UUIDv5 of document, generation and ordinal: a retried job writes the same ids.</summary>
public readonly record struct ChunkId(Guid Value)
{
    public override string ToString() => Value.ToString("N");
}
