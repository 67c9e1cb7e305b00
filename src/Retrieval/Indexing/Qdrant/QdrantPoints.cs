using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>Between chunks and points: ids, payload, filters.</summary>
internal static class QdrantPoints
{
    public static QdrantPoint Of(KnowledgeBaseId knowledgeBase, DocumentId document, int generation, int ordinal, ReadOnlyMemory<float> vector, SparseVector terms) => new(
        new PointId(ChunkIds.Of(document, generation, ordinal).Value),
        vector,
        terms,
        QdrantSchema.Payload(knowledgeBase.ToString(), document.ToString(), generation, ordinal));

    /// <summary>Every filter of the index begins here: there is none without a knowledge base.</summary>
    public static QdrantFilter FilterOf(KnowledgeBaseId knowledgeBase) => QdrantFilter.Of(QdrantCondition.Is(QdrantSchema.Tenant, knowledgeBase.ToString()));

    /// <param name="generation">Null: all generations.</param>
    public static QdrantFilter FilterOf(KnowledgeBaseId knowledgeBase, DocumentId document, int? generation)
    {
        var filter = FilterOf(knowledgeBase).And(QdrantCondition.Is(QdrantSchema.Document, document.ToString()));
        return generation is { } one ? filter.And(QdrantCondition.Is(QdrantSchema.Generation, one)) : filter;
    }

    /// <summary>The rows of points that are live in the scope; what was deleted, replaced or never published is left out.</summary>
    public static async Task<IReadOnlyDictionary<PointId, long>> RowsAsync(
        KnowledgeDbContext db, KnowledgeScope scope, IEnumerable<ScoredPoint> points, CancellationToken cancel)
    {
        var documents = new HashSet<DocumentId>();
        var ordinals = new HashSet<int>();
        foreach (var payload in points.Select(point => point.Payload))
        {
            if (Guid.TryParseExact(payload.Document, "N", out var document) && payload.Ordinal is { } ordinal)
            {
                documents.Add(new DocumentId(document));
                ordinals.Add(ordinal);
            }
        }

        // More than was found, but each row is one step in the index of document, generation and ordinal; ids are compared below.
        var rows = await (
            from chunk in db.Chunks
            join document in db.Documents on new { Id = chunk.Document, chunk.Generation } equals new { document.Id, Generation = document.LiveGeneration }
            where documents.Contains(document.Id) && ordinals.Contains(chunk.Ordinal) && document.KnowledgeBase == scope.KnowledgeBase
            select new { chunk.Row, chunk.Document, chunk.Generation, chunk.Ordinal })
            .ToListAsync(cancel);
        return rows.ToDictionary(row => new PointId(ChunkIds.Of(row.Document, row.Generation, row.Ordinal).Value), row => row.Row);
    }
}
