using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Rag.Retrieval.Knowledge;

/// <summary>Settings that SQLite keeps per connection.</summary>
internal sealed class ConnectionSettings : DbConnectionInterceptor
{
    // busy_timeout: a writer waits for another in small steps. synchronous: a commit survives a power cut.
    // secure_delete: deleted text is overwritten, not only unlinked.
    private const string Pragmas = "PRAGMA busy_timeout = 30000; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
