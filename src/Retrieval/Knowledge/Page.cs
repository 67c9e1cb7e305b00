namespace Rag.Retrieval.Knowledge;

/// <summary>A stored page: its text, and its lines packed by <see cref="PageGeometry"/>.</summary>
internal sealed class Page
{
    public KnowledgeBaseId KnowledgeBase { get; set; }
    public DocumentId Document { get; set; }
    public int Generation { get; set; }
    public int Number { get; set; }
    public string? Label { get; set; }
    public float Width { get; set; }
    public float Height { get; set; }
    public int Start { get; set; }
    public required string Text { get; set; }
    public required byte[] Geometry { get; set; }

    /// <summary><see cref="PageFindings"/> as JSON; null when there was nothing to note.</summary>
    public string? Findings { get; set; }

    /// <summary>The reader's blocks; dropped when the document is published, for only an interrupted reading needs them.</summary>
    public byte[]? Structure { get; set; }

    public PageText ToPageText() => new(Number, Label, Width, Height, Start, Text, PageGeometry.Unpack(Geometry, Start));
}
