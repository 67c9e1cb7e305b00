namespace Rag.Retrieval.Knowledge;

/// <summary>How the files of a knowledge base are cut, in word pieces of the embedding model; null: as configured.</summary>
/// <param name="Body">Most text in a passage.</param>
/// <param name="Prefix">Title and headings in front of it.</param>
public sealed record ChunkMeasures(int? Body, int? Prefix)
{
    public const int LeastBody = 64;
    public const int MostBody = 300;
    public const int LeastPrefix = 0;
    public const int MostPrefix = 80;

    public static ChunkMeasures Default { get; } = new(null, null);

    /// <summary>Both within their bounds.</summary>
    public bool IsValid => Body is null or (>= LeastBody and <= MostBody) && Prefix is null or (>= LeastPrefix and <= MostPrefix);
}
