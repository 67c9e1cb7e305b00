using Microsoft.Data.Sqlite;

namespace Rag.Browser.Tests.Product;

/// <summary>What the index of a stopped or running server holds, read from its database file: the proof that a run was undisturbed.</summary>
internal static class StoredChunks
{
    /// <summary>One line a live chunk: file, ordinal, pages, text. Vectors are left out; chunks of generations that are not live too.</summary>
    public static IReadOnlyList<string> Read(string dataFolder) => Query(dataFolder,
        """
        select d.FileName || '#' || c.Ordinal || ' ' || c.PageFrom || '-' || c.PageTo || ' ' || c.Text
        from Chunks c join Documents d on d.Id = c.Document and d.LiveGeneration = c.Generation
        order by d.FileName, c.Ordinal
        """);

    public static IReadOnlyList<string> Query(string dataFolder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(dataFolder, "knowledge.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts stand in this project
        command.CommandText = sql;
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        var lines = new List<string>();
        while (rows.Read())
        {
            lines.Add(rows.GetString(0));
        }

        return lines;
    }
}
