namespace Rag.Retrieval.Knowledge;

/// <summary>
/// What a caller may search and read: exactly one knowledge base. Every call about documents demands one.
/// Only <c>AccessPolicy</c> (for people) and the job row (for the worker) make one; an architecture test holds that.
/// </summary>
public sealed record KnowledgeScope
{
    private KnowledgeScope(KnowledgeBaseId knowledgeBase) => KnowledgeBase = knowledgeBase;

    public KnowledgeBaseId KnowledgeBase { get; }

    public static KnowledgeScope For(KnowledgeBaseId knowledgeBase) => new(knowledgeBase);
}
