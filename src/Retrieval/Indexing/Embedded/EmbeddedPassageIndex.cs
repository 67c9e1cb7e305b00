using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>The default index: exact cosine over vectors in memory, BM25 over postings in the same SQLite file.</summary>
internal sealed class EmbeddedPassageIndex(IDbContextFactory<KnowledgeDbContext> contexts, VectorMemory memory) : IPassageIndex
{
    public async Task UpsertAsync(KnowledgeDbContext db, KnowledgeScope scope, IReadOnlyList<IndexedPassage> passages, CancellationToken cancel)
    {
        var number = await db.KnowledgeBases.Where(k => k.Id == scope.KnowledgeBase).Select(k => k.Number).SingleAsync(cancel);
        await PostingStore.DeleteAsync(db, [.. passages.Select(passage => passage.Row)], cancel);
        await PostingStore.InsertAsync(db, number, passages, cancel);
    }

    public Task DeleteAsync(KnowledgeDbContext db, KnowledgeBaseId knowledgeBase, IReadOnlyList<long> rows, CancellationToken cancel) =>
        PostingStore.DeleteAsync(db, rows, cancel);

    public Task VectorsReplacedAsync(CancellationToken cancel)
    {
        memory.Clear();
        return Task.CompletedTask;
    }

    public async Task<IndexAnswer> SearchAsync(KnowledgeScope scope, IndexQuery query, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await memory.LoadAsync(db, scope, cancel) is not { } live)
        {
            return IndexAnswer.Nothing;
        }

        var dense = query.Vector.IsEmpty ? [] : live.Nearest(query.Vector.Span, query.Limit);
        var bm25 = new Bm25(live.Statistics);
        foreach (var term in query.Terms)
        {
            var postings = await PostingStore.FindAsync(db, live.Statistics.Number, term, cancel);
            bm25.Add(term, postings, live.TermCounts);
        }

        return new IndexAnswer(dense, bm25.Best(query.Limit), bm25.TermWeights, live.Statistics.PassageCount, live.FileCount);
    }
}
