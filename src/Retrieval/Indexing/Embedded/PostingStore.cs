using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>
/// The inverted index: an FTS5 table of terms already folded and stemmed, each with the number of its knowledge base in front
/// ("12:appl"). So a term's posting list, and with it its document frequency, belongs to one knowledge base by construction.
/// </summary>
internal static class PostingStore
{
    public static async Task InsertAsync(KnowledgeDbContext db, int knowledgeBase, IReadOnlyList<IndexedPassage> passages, CancellationToken cancel)
    {
        await using var command = await CommandAsync(db, "INSERT INTO Postings(rowid, terms) VALUES ($row, $terms)", cancel);
        var row = Parameter(command, "$row");
        var terms = Parameter(command, "$terms");
        foreach (var passage in passages)
        {
            row.Value = passage.Row;
            terms.Value = string.Join(' ', passage.Terms.Select(term => $"{knowledgeBase}:{term}"));
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    public static async Task DeleteAsync(KnowledgeDbContext db, IReadOnlyList<long> rows, CancellationToken cancel)
    {
        await using var command = await CommandAsync(db, "DELETE FROM Postings WHERE rowid = $row", cancel);
        var row = Parameter(command, "$row");
        foreach (var value in rows)
        {
            row.Value = value;
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>The rows that hold a term and how often, in no order. Rows of generations that are not live are among them.</summary>
    public static async Task<List<(long Row, int Count)>> FindAsync(KnowledgeDbContext db, int knowledgeBase, string term, CancellationToken cancel)
    {
        await using var command = await CommandAsync(db, "SELECT doc, COUNT(*) FROM PostingInstances WHERE term = $term GROUP BY doc", cancel);
        Parameter(command, "$term").Value = $"{knowledgeBase}:{term}";
        var postings = new List<(long, int)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            postings.Add((reader.GetInt64(0), reader.GetInt32(1)));
        }

        return postings;
    }

    private static async Task<DbCommand> CommandAsync(KnowledgeDbContext db, string sql, CancellationToken cancel)
    {
        if (db.Database.CurrentTransaction is null)
        {
            await db.Database.OpenConnectionAsync(cancel);   // closed with the context
        }

        var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // every text comes from the constants above
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        return command;
    }

    private static DbParameter Parameter(DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
