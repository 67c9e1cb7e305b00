using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Web.Accounts;
using Rag.Web.Admin;
using Rag.Web.Chat;
using Rag.Web.Data;
using Rag.Web.Models;
using Rag.Web.Tests.Chat;
using Rag.Web.Tests.Models;

namespace Rag.Web.Tests.Hosting;

/// <summary>The real server over a real data folder: pages, endpoints, databases and upload store. No worker reads the files.</summary>
internal sealed class DocentServer(string? folder = null, params (string Key, string Value)[] settings) : WebApplicationFactory<WebOptions>
{
    private readonly bool _ownsFolder = folder is null;

    public const string OwnerName = "olga";
    public const string OtherName = "omar";
    public const string Password = "seven quiet herons";

    public string Folder { get; } = folder ?? Directory.CreateTempSubdirectory("docent-web").FullName;

    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    /// <summary>Search and model are scripted: what they find and say is not what these tests are about.</summary>
    public ScriptedSearch Search { get; } = new();

    public ScriptedModel Model { get; } = new();

    public ScriptedSelfTest SelfTest { get; } = new();

    public ScriptedImport Import { get; } = new();

    /// <summary>What the server printed for the person at the console.</summary>
    public StringWriter Printed { get; } = new();

    public LogCollector Logs { get; } = new();

    /// <summary>What a test changes beyond that.</summary>
    public Action<IServiceCollection>? Extra { get; init; }

    /// <summary>Where the server listens after <see cref="Listen"/>; null: its browsers reach it without a socket.</summary>
    public Uri? Address { get; private set; }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);
        builder.UseSetting("data", Folder);
        foreach (var (key, value) in settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddKeyedSingleton<TextWriter>(SetupLinkPrinter.Console, Printed);
            services.AddSingleton<IStartupFilter, RemoteAddressFilter>();
            services.AddSingleton<IPassageSearch>(Search);
            services.AddSingleton<IChatClient>(Model);
            services.RemoveAll<ISelfTest>();
            services.AddSingleton<ISelfTest>(SelfTest);
            services.AddSingleton<IModelImport>(Import);
            services.AddSingleton(new AnswerModel("small", "Small-1", 2_048, AnswerStyle.Quote));
            services.AddKeyedSingleton<ITokenCounter>(ITokenCounter.Chat, new WordCounter());
            services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1_000);   // nobody attacks these passwords

            // No worker: a file stays where the upload left it. No models: they are scripted.
            foreach (var name in new[] { "IngestionWorker", "ModelWarmup" })
            {
                services.Remove(services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name == name));
            }

            Extra?.Invoke(services);
        });
    }

    /// <summary>On a real port of this machine, for tests about connections. Call before anything else.</summary>
    public void Listen()
    {
        UseKestrel(0);
        StartServer();
        Address = ClientOptions.BaseAddress;
    }

    /// <summary>A fresh browser: no cookies, an address of its own.</summary>
    public Browser OpenBrowser(bool https = false) => new(this, https);

    /// <summary>A browser in which that account is signed in; the account is made when it does not exist yet.</summary>
    public async Task<Browser> SignedInAsync(string name)
    {
        await AddAccountAsync(name);
        var browser = OpenBrowser();
        var answer = await browser.PostFormAsync("/sign-in", new() { ["Input.Name"] = name, ["Input.Password"] = Password });
        Assert.Equal("/", answer.Target());
        return browser;
    }

    public async Task<string> AddAccountAsync(string name)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        if (await users.FindByNameAsync(name) is { } known)
        {
            return known.Id;
        }

        var user = new IdentityUser { UserName = name };
        Assert.True((await users.CreateAsync(user, Password)).Succeeded);
        return user.Id;
    }

    public async Task<T> WithDatabaseAsync<T>(Func<AppDbContext, Task<T>> work)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<AppDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await work(db);
    }

    public string PrintedLink() => System.Text.RegularExpressions.Regex.Match(Printed.ToString(), "/setup/[A-Za-z0-9_-]{43}").Value;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_ownsFolder)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(Folder, recursive: true);
        }
    }

    private sealed class WordCounter : ITokenCounter
    {
        public int Count(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
