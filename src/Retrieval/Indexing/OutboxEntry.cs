using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>Rows to delete later, written in the transaction that made them unreachable.</summary>
internal sealed class OutboxEntry
{
    public long Id { get; set; }
    public KnowledgeBaseId KnowledgeBase { get; set; }
    public DocumentId Document { get; set; }

    /// <summary>Null: all generations.</summary>
    public int? Generation { get; set; }

    /// <summary>The generation was replaced by another upload: passages go, pages stay for the answers that quote them.</summary>
    public bool KeepPages { get; set; }
}
