namespace Rag.Retrieval.Knowledge;

/// <summary>
/// What a generation that is no longer searched was read from. Its pages and bytes stay, so that old answers open the text they quoted, until the
/// file is deleted; its passages go.
/// </summary>
internal sealed class DocumentVersion
{
    public DocumentId Document { get; set; }
    public KnowledgeBaseId KnowledgeBase { get; set; }

    public int Generation { get; set; }
    public required string ContentHash { get; set; }
    public required string FileName { get; set; }
    public long Bytes { get; set; }
    public DateTime ReplacedAt { get; set; }
}
