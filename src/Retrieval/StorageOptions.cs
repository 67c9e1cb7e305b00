namespace Rag.Retrieval;

/// <summary>Where passages are indexed.</summary>
internal enum IndexKind
{
    /// <summary>In files beside the database; nothing else to run.</summary>
    Embedded,

    /// <summary>In a Qdrant server (docs/qdrant.md).</summary>
    Qdrant,
}

/// <summary>Settings under "Storage".</summary>
internal sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>The index that search uses: <c>Embedded</c>, or <c>Qdrant</c> with its address under <c>Storage:Qdrant</c>. May be changed at any time; the other index is filled from the database.</summary>
    public IndexKind Index { get; set; }
}
