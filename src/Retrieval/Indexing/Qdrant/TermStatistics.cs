using System.Buffers.Binary;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>
/// Document frequencies of each knowledge base, kept in SQL in the transactions that publish and delete. Qdrant's own IDF spans its whole
/// collection, so one tenant's files would shift another's scores and could be probed by it.
/// </summary>
internal static class TermStatistics
{
    private const int DocumentsAtOnce = 100;

    /// <summary>Reads a document's chunks and keeps in how many of them each term stands. Counts for nothing until <see cref="CountInAsync"/>.</summary>
    public static async Task StoreAsync(KnowledgeDbContext db, DocumentId document, int generation, int passages, CancellationToken cancel)
    {
        var counts = new SortedDictionary<uint, int>();
        await foreach (var chunk in StoredChunks.ReadAsync(db, document, generation).WithCancellation(cancel))
        {
            if (chunk.Ordinal < passages)
            {
                foreach (var hash in Terms.Of(chunk.IndexedText).Select(SparseTerms.Hash).Distinct())
                {
                    counts[hash] = counts.GetValueOrDefault(hash) + 1;
                }
            }
        }

        var packed = Pack(counts);
        var number = await db.Documents.Where(d => d.Id == document)
            .Join(db.KnowledgeBases, d => d.KnowledgeBase, k => k.Id, (_, k) => k.Number).FirstOrDefaultAsync(cancel);
        var updated = await db.DocumentTerms.Where(t => t.Document == document && t.Generation == generation && !t.Counted)
            .ExecuteUpdateAsync(row => row.SetProperty(t => t.Counts, packed), cancel);
        if (updated == 0)
        {
            var row = new DocumentTerms { Document = document, Generation = generation, KnowledgeBase = number, Counts = packed };
            db.DocumentTerms.Add(row);
            await db.SaveChangesAsync(cancel);
            db.Entry(row).State = EntityState.Detached;
        }
    }

    /// <summary>Counts a generation, and takes out the one counted before. In the caller's transaction.</summary>
    public static async Task CountInAsync(KnowledgeDbContext db, DocumentId document, int generation, CancellationToken cancel)
    {
        if (await db.DocumentTerms.AnyAsync(t => t.Document == document && t.Generation == generation && t.Counted, cancel))
        {
            return;
        }

        await CountOutAsync(db, document, cancel);
        var row = await db.DocumentTerms.AsNoTracking().SingleAsync(t => t.Document == document && t.Generation == generation, cancel);
        await AddAsync(db, row.KnowledgeBase, row.Counts, 1, cancel);
        await db.DocumentTerms.Where(t => t.Document == document && t.Generation == generation)
            .ExecuteUpdateAsync(t => t.SetProperty(x => x.Counted, true), cancel);
    }

    /// <summary>Takes a document out. In the caller's transaction.</summary>
    public static async Task CountOutAsync(KnowledgeDbContext db, DocumentId document, CancellationToken cancel)
    {
        foreach (var row in await db.DocumentTerms.AsNoTracking().Where(t => t.Document == document && t.Counted).ToListAsync(cancel))
        {
            await AddAsync(db, row.KnowledgeBase, row.Counts, -1, cancel);
            await db.DocumentTerms.Where(t => t.Document == document && t.Generation == row.Generation).ExecuteDeleteAsync(cancel);
            await db.TermStatistics.Where(t => t.KnowledgeBase == row.KnowledgeBase && t.Passages <= 0).ExecuteDeleteAsync(cancel);
        }
    }

    /// <summary>Takes out all of a knowledge base that is deleted. In the caller's transaction.</summary>
    public static async Task DropAsync(KnowledgeDbContext db, int knowledgeBase, CancellationToken cancel)
    {
        await db.TermStatistics.Where(t => t.KnowledgeBase == knowledgeBase).ExecuteDeleteAsync(cancel);
        await db.DocumentTerms.Where(t => t.KnowledgeBase == knowledgeBase).ExecuteDeleteAsync(cancel);
    }

    /// <returns>The inverse document frequency of each term in one knowledge base, also of terms that it does not hold.</returns>
    public static async Task<IReadOnlyDictionary<string, double>> WeightsAsync(
        KnowledgeDbContext db, int knowledgeBase, int passages, IReadOnlyList<string> terms, CancellationToken cancel)
    {
        var hashes = terms.Select(term => (long)SparseTerms.Hash(term)).Distinct().ToList();
        var counts = await db.TermStatistics.Where(t => t.KnowledgeBase == knowledgeBase && hashes.Contains(t.Term))
            .ToDictionaryAsync(t => t.Term, t => t.Passages, cancel);
        return terms.Distinct().ToDictionary(term => term, term => Idf(passages, counts.GetValueOrDefault(SparseTerms.Hash(term))));
    }

    /// <summary>Brings the statistics in line with what is live: another index may have been in use meanwhile. Nothing to do is the rule, and quick.</summary>
    public static async Task RepairAsync(IDbContextFactory<KnowledgeDbContext> contexts, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        while (await db.DocumentTerms
            .Where(t => t.Counted && !db.Documents.Any(d => d.Id == t.Document && d.LiveGeneration == t.Generation))
            .OrderBy(t => t.Document).Select(t => t.Document).Take(DocumentsAtOnce).ToListAsync(cancel) is { Count: > 0 } gone)
        {
            foreach (var document in gone.Distinct())
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                await CountOutAsync(db, document, cancel);
                await transaction.CommitAsync(cancel);
            }
        }

        while (await db.Documents
            .Where(d => d.LiveGeneration > 0 && !db.DocumentTerms.Any(t => t.Document == d.Id && t.Generation == d.LiveGeneration && t.Counted))
            .OrderBy(d => d.Id).Select(d => new { d.Id, d.LiveGeneration, d.LivePassages }).Take(DocumentsAtOnce).ToListAsync(cancel) is { Count: > 0 } missing)
        {
            foreach (var document in missing)
            {
                await StoreAsync(db, document.Id, document.LiveGeneration, document.LivePassages, cancel);
                await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                if (await db.Documents.AnyAsync(d => d.Id == document.Id && d.LiveGeneration == document.LiveGeneration, cancel))
                {
                    await CountInAsync(db, document.Id, document.LiveGeneration, cancel);
                }

                await transaction.CommitAsync(cancel);
            }
        }
    }

    private static double Idf(int passages, int frequency) =>
        Math.Log(1 + ((Math.Max(passages, frequency) - frequency + 0.5) / (frequency + 0.5)));

    private static async Task AddAsync(KnowledgeDbContext db, int knowledgeBase, byte[] counts, int sign, CancellationToken cancel)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = """
            INSERT INTO "TermStatistics" ("KnowledgeBase", "Term", "Passages") VALUES ($base, $term, $passages)
            ON CONFLICT ("KnowledgeBase", "Term") DO UPDATE SET "Passages" = "Passages" + $passages
            """;
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        Parameter(command, "$base").Value = knowledgeBase;
        var (term, passages) = (Parameter(command, "$term"), Parameter(command, "$passages"));
        for (var i = 0; i < counts.Length; i += 8)
        {
            term.Value = (long)BinaryPrimitives.ReadUInt32LittleEndian(counts.AsSpan(i));
            passages.Value = sign * BinaryPrimitives.ReadInt32LittleEndian(counts.AsSpan(i + 4));
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static byte[] Pack(SortedDictionary<uint, int> counts)
    {
        var packed = new byte[counts.Count * 8];
        var i = 0;
        foreach (var (hash, passages) in counts)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(i), hash);
            BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(i + 4), passages);
            i += 8;
        }

        return packed;
    }

    private static DbParameter Parameter(DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
