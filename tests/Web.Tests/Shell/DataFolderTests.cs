using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Rag.Web.Data;

namespace Rag.Web.Tests.Shell;

public sealed class DataFolderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Folder_Missing_IsCreatedForItsOwnerAlone()
    {
        var parent = Directory.CreateTempSubdirectory("docent-folder").FullName;
        using (var folder = DataFolder.Open(Path.Combine(parent, "a", "b")))
        {
            Assert.True(Directory.Exists(folder.Keys));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
            }
        }

        Directory.Delete(parent, recursive: true);
    }

    [Fact]
    public void Folder_InUse_IsRefusedWithASentenceAndFreeAfterwards()
    {
        var path = Directory.CreateTempSubdirectory("docent-folder").FullName;
        using (DataFolder.Open(path))
        {
            var refusal = Assert.Throws<StartRefusedException>(() => DataFolder.Open(path));
            Assert.Contains("Another Docent server is using the data folder", refusal.Message, StringComparison.Ordinal);
        }

        DataFolder.Open(path).Dispose();
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public void Folder_ThatIsAFile_IsRefusedWithASentence()
    {
        var file = Path.GetTempFileName();

        Assert.Contains("--data DIR", Assert.Throws<StartRefusedException>(() => DataFolder.Open(file)).Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Database_OfANewerVersion_IsRefused()
    {
        var path = Directory.CreateTempSubdirectory("docent-newer").FullName;
        using (var folder = DataFolder.Open(path))
        {
            await using var services = new ServiceCollection()
                .AddDbContextFactory<AppDbContext>(options => options.UseSqlite($"Data Source={folder.AppDatabase};Pooling=False")).BuildServiceProvider();
            var contexts = services.GetRequiredService<IDbContextFactory<AppDbContext>>();
            var migration = new AppDatabaseMigration(contexts, folder, NullLogger<AppDatabaseMigration>.Instance);
            await migration.StartAsync(Cancel);
            await migration.StartAsync(Cancel);   // the same version again
            await using (var db = await contexts.CreateDbContextAsync(Cancel))
            {
                await db.Database.ExecuteSqlRawAsync(
                    "INSERT INTO __EFMigrationsHistory (MigrationId, ProductVersion) VALUES ('99990101000000_FromTheFuture', '99.0')", Cancel);
            }

            var refusal = await Assert.ThrowsAsync<StartRefusedException>(() => migration.StartAsync(Cancel));
            Assert.Contains("newer Docent", refusal.Message, StringComparison.Ordinal);
        }

        Directory.Delete(path, recursive: true);
    }
}
