using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Reading;
using Rag.Retrieval.Search;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Chat;
using Rag.Web.Data;
using Rag.Web.Sharing;
using Rag.Web.TestQuestions;

namespace Rag.Web.Tests.Chat;

/// <summary>The real answer services over a real SQLite file; search, model and files are scripted so that a test can provoke what it needs.</summary>
internal sealed class ChatWorld : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("docent-chat").FullName;

    private ChatWorld(TimeProvider clock, Dictionary<string, string?> settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(clock);
        services.AddDbContextFactory<AppDbContext>(db => db.UseSqlite($"Data Source={Path.Combine(folder, "app.db")};Pooling=False"));
        services.AddSingleton<AccessPolicy>();
        services.AddSingleton<IPassageSearch>(Search);
        services.AddSingleton<IPassageReader>(Reader);
        services.AddSingleton<IWholeReader>(Reader);
        services.AddSingleton<IChatClient>(Model);
        services.AddSingleton<IDocumentLibrary>(Library);
        services.AddTransient(_ => ModelFacts ?? throw new ModelException(ModelFailure.Unavailable, "model.onnx is missing."));
        services.AddKeyedSingleton<ITokenCounter>(ITokenCounter.Chat, new WordCounter());
        services.AddSingleton<AuthenticationStateProvider>(People);
        services.AddScoped<CallerAccessor>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        services.AddAnswers(configuration);
        services.AddTestQuestions(configuration);
        Services = services.BuildServiceProvider(validateScopes: true);
        Clock = clock;
    }

    public ServiceProvider Services { get; }

    public TimeProvider Clock { get; }

    /// <summary>Who sits before the screen, for components.</summary>
    public SomeoneSignedIn People { get; } = new();

    public ScriptedSearch Search { get; } = new();

    public ScriptedReader Reader { get; } = new();

    public ScriptedModel Model { get; } = new();

    public ScriptedLibrary Library { get; } = new();

    public AnswerModel? ModelFacts { get; set; } = new("small", "Small-1", 2_048, AnswerStyle.Quote);

    public Caller Owner { get; } = new(new UserId("owner"), null);

    public Caller Other { get; } = new(new UserId("other"), null);

    public Caller Guest { get; } = new(null, new GuestId(Guid.NewGuid()));

    public Caller OtherGuest { get; } = new(null, new GuestId(Guid.NewGuid()));

    public AssistantId Assistant { get; } = AssistantId.New();

    public Guid Link { get; } = Guid.NewGuid();

    public AnswerRunner Runner => Services.GetRequiredService<AnswerRunner>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ChatWorld> CreateAsync(TimeProvider? clock = null, Dictionary<string, string?>? settings = null)
    {
        var world = new ChatWorld(clock ?? TimeProvider.System, settings ?? []);
        await using var db = await world.DbAsync();
        await db.Database.MigrateAsync(Cancel);
        var now = world.Clock.GetUtcNow().UtcDateTime;
        db.Users.AddRange(new IdentityUser("owner") { Id = "owner" }, new IdentityUser("other") { Id = "other" });
        db.Assistants.Add(new Assistant
        {
            Id = world.Assistant,
            OwnerId = "owner",
            Name = "Quarterlies",
            Instructions = "Answer for an accountant.",
            Starters = ["What were net sales?"],
            KnowledgeBase = Guid.NewGuid(),
            CreatedAt = now,
            LastUsedAt = now,
        });
        db.ShareLinks.Add(new ShareLink { Id = world.Link, AssistantId = world.Assistant, TokenHash = [1], CreatedAt = now });
        foreach (var guest in new[] { world.Guest, world.OtherGuest })
        {
            db.GuestVisits.Add(new GuestVisit { GuestId = guest.Guest!.Value.Value, LinkId = world.Link, AdmittedAt = now });
        }

        await db.SaveChangesAsync(Cancel);
        return world;
    }

    public Task<AppDbContext> DbAsync() => Services.GetRequiredService<IDbContextFactory<AppDbContext>>().CreateDbContextAsync(Cancel);

    /// <summary>Resolves as a page would, in a scope of its own that lives as long as the world.</summary>
    public T Get<T>()
        where T : notnull => Services.CreateScope().ServiceProvider.GetRequiredService<T>();

    public Task<AskOutcome> AskAsync(Caller caller, string question, ConversationId? conversation = null) =>
        Get<AnswerService>().AskAsync(caller, Assistant, conversation, question, Cancel);

    public async Task<AskOutcome.Accepted> AcceptedAsync(Caller caller, string question, ConversationId? conversation = null) =>
        Assert.IsType<AskOutcome.Accepted>(await AskAsync(caller, question, conversation));

    /// <summary>Asks and waits until the answer is stored.</summary>
    public async Task<TurnSnapshot> AnswerAsync(Caller caller, string question, ConversationId? conversation = null)
    {
        var accepted = await AcceptedAsync(caller, question, conversation);
        await Runner.FinishedAsync(accepted.Turn).WaitAsync(Cancel);
        return await TurnAsync(caller, accepted);
    }

    public async Task<TurnSnapshot> TurnAsync(Caller caller, AskOutcome.Accepted accepted)
    {
        var view = await Get<ConversationStore>().FindAsync(caller, accepted.Conversation, Cancel);
        return view!.Turns.Single(t => t.Id == accepted.Turn);
    }

    public async Task<List<AnswerPart>> WatchToEndAsync(Caller caller, TurnId turn)
    {
        var parts = new List<AnswerPart>();
        await foreach (var batch in (await Get<AnswerService>().WatchAsync(caller, turn, Cancel))!)
        {
            parts.AddRange(batch);
        }

        return parts;
    }

    public async Task ChangeLinkAsync(Action<ShareLink> change)
    {
        await using var db = await DbAsync();
        change(await db.ShareLinks.SingleAsync(Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await Services.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    internal sealed class SomeoneSignedIn : AuthenticationStateProvider
    {
        public Caller Caller { get; set; } = Caller.Anonymous;

        public override Task<AuthenticationState> GetAuthenticationStateAsync()
        {
            List<ClaimsIdentity> identities = [];
            if (Caller.User is { } user)
            {
                identities.Add(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user.Value)], IdentityConstants.ApplicationScheme));
            }

            if (Caller.Guest is { } guest)
            {
                identities.Add(new ClaimsIdentity([new Claim(CallerClaims.GuestId, guest.Value.ToString("N"))], CallerClaims.GuestScheme));
            }

            return Task.FromResult(new AuthenticationState(new ClaimsPrincipal(identities)));
        }
    }

    private sealed class WordCounter : ITokenCounter
    {
        public int Count(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
