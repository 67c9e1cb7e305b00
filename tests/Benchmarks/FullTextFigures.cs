using System.Globalization;
using Microsoft.Data.Sqlite;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Benchmarks;

/// <summary>The way of before, for comparison: posting lists of the same passages from SQLite's full-text index, counted through fts5vocab.</summary>
internal static class FullTextFigures
{
    public static async Task RunAsync(string folder, KnowledgeScope scope, CancellationToken cancel)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "fulltext.db")}");
        await connection.OpenAsync(cancel);
        Execute("CREATE VIRTUAL TABLE Postings USING fts5(terms, tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")");
        Execute("CREATE VIRTUAL TABLE PostingInstances USING fts5vocab('Postings', 'instance')");
        Execute($"ATTACH '{Path.Combine(folder, "knowledge.db")}' AS knowledge");
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            Fill(connection, (SqliteTransaction)transaction, scope);
            await transaction.CommitAsync(cancel);
        }

        foreach (var (name, questions) in StoreFigures.TermSets)
        {
            var calls = Math.Min(questions.Length, 20);
            var time = IndexData.Spread(calls, i => Array.ForEach(questions[i], term => Read(connection, term)));
            IndexData.Print($"posting lists alone through fts5vocab, {name}, 100,000 passages", $"{time}");
        }

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    private static void Fill(SqliteConnection connection, SqliteTransaction transaction, KnowledgeScope scope)
    {
        using var read = connection.CreateCommand();
        using var write = connection.CreateCommand();
        (read.Transaction, write.Transaction) = (transaction, transaction);
        read.CommandText = "SELECT Row, Text FROM knowledge.Chunks WHERE KnowledgeBase = $base";
        read.Parameters.AddWithValue("$base", scope.KnowledgeBase.Value);
        write.CommandText = "INSERT INTO Postings(rowid, terms) VALUES ($row, $terms)";
        var (row, terms) = (write.Parameters.Add("$row", SqliteType.Integer), write.Parameters.Add("$terms", SqliteType.Text));
        using var reader = read.ExecuteReader();
        while (reader.Read())
        {
            (row.Value, terms.Value) = (reader.GetInt64(0), string.Join(' ', Terms.Of(reader.GetString(1)).Select(term => $"1:{term}")));
            write.ExecuteNonQuery();
        }
    }

    private static int Read(SqliteConnection connection, string term)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT doc, COUNT(*) FROM PostingInstances WHERE term = $term GROUP BY doc";
        command.Parameters.AddWithValue("$term", string.Create(CultureInfo.InvariantCulture, $"1:{term}"));
        using var reader = command.ExecuteReader();
        var postings = 0;
        while (reader.Read())
        {
            postings += reader.GetInt32(1) > 0 && reader.GetInt64(0) > 0 ? 1 : 0;
        }

        return postings;
    }
}
