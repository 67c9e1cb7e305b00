using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rag.Retrieval.Knowledge;

/// <summary>Creates or migrates <c>knowledge.db</c> at start. Whoever starts beside it awaits <see cref="Ready"/>.</summary>
public sealed class KnowledgeDatabase
{
    private static readonly TimeSpan AbandonedLock = TimeSpan.FromMinutes(2);

    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDbContextFactory<KnowledgeDbContext> contexts;
    private readonly RetrievalOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<KnowledgeDatabase> logger;

    internal KnowledgeDatabase(
        IDbContextFactory<KnowledgeDbContext> contexts, IOptions<RetrievalOptions> options, TimeProvider clock, ILogger<KnowledgeDatabase> logger)
    {
        this.contexts = contexts;
        this.options = options.Value;
        this.clock = clock;
        this.logger = logger;
    }

    /// <summary>Completes when the database can be used; faults when it cannot be opened.</summary>
    public Task Ready => ready.Task;

    /// <summary>May be called more than once; later calls find nothing to do.</summary>
    /// <exception cref="InvalidOperationException">The data comes from a newer version of the program.</exception>
    public async Task InitializeAsync(CancellationToken cancel)
    {
        try
        {
            Directory.CreateDirectory(options.DataFolder);
            await using var db = await contexts.CreateDbContextAsync(cancel);
            var applied = (await db.Database.GetAppliedMigrationsAsync(cancel)).ToList();
            var known = db.Database.GetMigrations().ToList();
            if (applied.Except(known).FirstOrDefault() is { } unknown)
            {
                throw new InvalidOperationException(
                    $"The knowledge database was written by a newer version of this program (it holds the change '{unknown}'). Start that version, or restore a backup.");
            }

            if (applied.Count < known.Count)
            {
                await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL;", cancel);
                await FreeAbandonedLockAsync(db, cancel);
                await db.Database.MigrateAsync(cancel);
                logger.DatabaseMigrated(applied.Count, known.Count);
            }

            ready.TrySetResult();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            ready.TrySetException(error);
            throw;
        }
    }

    /// <summary>EF guards a migration by a row in a table; a process killed inside one leaves it, and every later start would wait for ever.</summary>
    private async Task FreeAbandonedLockAsync(KnowledgeDbContext db, CancellationToken cancel)
    {
        var tables = await db.Database
            .SqlQueryRaw<int>("SELECT COUNT(*) AS Value FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancel);
        if (tables > 0)
        {
            var before = clock.GetUtcNow() - AbandonedLock;
            await db.Database.ExecuteSqlAsync($"DELETE FROM __EFMigrationsLock WHERE julianday(Timestamp) < julianday({before.UtcDateTime})", cancel);
        }
    }
}

internal sealed class KnowledgeDatabaseStart(KnowledgeDatabase database) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => database.InitializeAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
