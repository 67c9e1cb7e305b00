using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rag.Retrieval.Knowledge;

namespace Rag.Web.Data;

internal static class AppDatabase
{
    /// <summary>Opens the data folder (<c>--data DIR</c>), registers it, its keys and the app database, which is migrated before anything else starts.</summary>
    public static WebApplicationBuilder AddAppDatabase(this WebApplicationBuilder builder)
    {
        var folder = DataFolder.Open(builder.Configuration["data"] is { Length: > 0 } chosen ? chosen : DataFolder.DefaultPath);
        builder.Services.AddSingleton(_ => folder);   // by factory, so the container gives the lock back
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddDataProtection().SetApplicationName("Docent").PersistKeysToFileSystem(new DirectoryInfo(folder.Keys));
        builder.Services.AddDbContextFactory<AppDbContext>(options => options.UseSqlite($"Data Source={folder.AppDatabase}").AddInterceptors(new WholeCommits()));
        builder.Services.AddHostedService<AppDatabaseMigration>();
        return builder;
    }
}

/// <summary>Hosted services start in order and before the server listens: nobody sees a database of yesterday's shape.</summary>
internal sealed class AppDatabaseMigration(IDbContextFactory<AppDbContext> contexts, DataFolder folder, ILogger<AppDatabaseMigration> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var known = db.Database.GetMigrations().ToHashSet();
        if ((await db.Database.GetAppliedMigrationsAsync(cancellationToken)).FirstOrDefault(applied => !known.Contains(applied)) is { } newer)
        {
            throw new StartRefusedException(
                $"The data in {folder.Path} was written by a newer Docent ({newer}). Start that version, or choose another folder with --data DIR.");
        }

        await db.Database.MigrateAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellationToken);
        logger.DataFolderOpened(folder.Path);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>For <c>dotnet ef</c> only: the shape of the database, no data.</summary>
internal sealed class AppDbContextDesign : IDesignTimeDbContextFactory<AppDbContext>
{
    public AppDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AppDbContext>().UseSqlite("Data Source=design.db").Options);
}
