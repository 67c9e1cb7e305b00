using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Time.Testing;
using Rag.Web.Access;
using Rag.Web.Data;
using Rag.Web.Models;
using Rag.Web.Tests.Chat;

namespace Rag.Web.Tests.Models;

/// <summary>The Models page's services over a real data folder; importer and model folders are scripted.</summary>
internal sealed class ModelWorld : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string folder = Directory.CreateTempSubdirectory("docent-models").FullName;
    private readonly DataFolder data;

    private ModelWorld()
    {
        data = DataFolder.Open(Path.Combine(folder, "data"));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOptions<WebOptions>();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(data);
        services.AddDbContextFactory<AppDbContext>(db => db.UseSqlite($"Data Source={data.AppDatabase};Pooling=False"));
        services.AddSingleton<AccessPolicy>();
        services.AddSingleton<IHostApplicationLifetime, ApplicationLifetime>();
        services.AddSingleton<IModelImport>(Importer);
        services.AddSingleton<IModelFolders>(Folders);
        services.AddSingleton<AuthenticationStateProvider>(People);
        services.AddScoped<CallerAccessor>();
        services.AddModels();
        Services = services.BuildServiceProvider(validateScopes: true);
    }

    public ServiceProvider Services { get; }

    public FakeTimeProvider Clock { get; } = new();

    public ScriptedImport Importer { get; } = new();

    public ScriptedFolders Folders { get; } = new();

    /// <summary>Who sits before the screen, for components.</summary>
    public ChatWorld.SomeoneSignedIn People { get; } = new() { Caller = Admin };

    public static Caller Admin { get; } = new(new UserId("admin"), null);

    public static Caller Other { get; } = new(new UserId("other"), null);

    public ImportBoard Board => Services.GetRequiredService<ImportBoard>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ModelWorld> CreateAsync()
    {
        var world = new ModelWorld();
        await using var db = await world.Services.GetRequiredService<IDbContextFactory<AppDbContext>>().CreateDbContextAsync(Cancel);
        await db.Database.MigrateAsync(Cancel);
        db.Users.AddRange(new IdentityUser("admin") { Id = "admin" }, new IdentityUser("other") { Id = "other" });
        db.UserClaims.Add(new() { UserId = "admin", ClaimType = CallerClaims.Administrator, ClaimValue = "true" });
        await db.SaveChangesAsync(Cancel);
        return world;
    }

    /// <summary>A file on the server's own disk that begins as GGUF does.</summary>
    public string FileOnDisk(string name = "tiny.gguf")
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, Gguf());
        return path;
    }

    public static byte[] Gguf(int bytes = 64)
    {
        var content = new byte[bytes];
        "GGUF"u8.CopyTo(content);
        return content;
    }

    public async Task<ImportView> ReadAsync() => (await Board.ReadAsync(Admin, Cancel))!;

    /// <summary>Files of uploads that are on the disk now.</summary>
    public string[] Kept() => Directory.Exists(Path.Combine(data.Path, "imports")) ? Directory.GetFiles(Path.Combine(data.Path, "imports")) : [];

    /// <summary>Ends when the board says so; ask for it before what brings the state about.</summary>
    public Task UntilAsync(ImportState state)
    {
        var (board, reached) = (Board, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        board.Changed += () => _ = LookAsync();
        return reached.Task.WaitAsync(Patience, Cancel);

        async Task LookAsync()
        {
            if ((await board.ReadAsync(Admin, CancellationToken.None))?.State == state)
            {
                reached.TrySetResult();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await Services.DisposeAsync();
        data.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
