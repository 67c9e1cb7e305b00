namespace Rag.Retrieval.Knowledge;

/// <summary>One line of a file's log: what happened, in words for its owner.</summary>
internal sealed class DocumentLogEntry
{
    public long Id { get; set; }
    public DocumentId Document { get; set; }
    public KnowledgeBaseId KnowledgeBase { get; set; }
    public DateTime At { get; set; }
    public int Attempt { get; set; }
    public required string Text { get; set; }
}
