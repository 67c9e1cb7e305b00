namespace Rag.Retrieval.Knowledge;

/// <summary>A stored piece of a document. Only the rows of a document's live generation are searched.</summary>
internal sealed class Chunk
{
    /// <summary>Names the chunk in the full-text index; never used twice.</summary>
    public long Row { get; set; }
    public KnowledgeBaseId KnowledgeBase { get; set; }
    public DocumentId Document { get; set; }
    public int Generation { get; set; }
    public int Ordinal { get; set; }

    /// <summary>The title in front of the indexed text, perhaps shortened; null in rows of before it was kept: the document's title.</summary>
    public string? IndexedTitle { get; set; }
    public required string Text { get; set; }
    public string? HeadingPath { get; set; }
    public string? Caption { get; set; }

    /// <summary>UTF-16 offsets in the document's text, end excluded.</summary>
    public int Start { get; set; }
    public int End { get; set; }
    public int PageFrom { get; set; }
    public int PageTo { get; set; }

    /// <summary>Terms of the indexed text without stop words: the length in BM25.</summary>
    public int TermCount { get; set; }

    /// <summary>L2-normalised embedding, little-endian float32.</summary>
    public required byte[] Vector { get; set; }
}
