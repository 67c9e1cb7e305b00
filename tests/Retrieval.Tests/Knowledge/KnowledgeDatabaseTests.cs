using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Knowledge;

public sealed class KnowledgeDatabaseTests
{
    [Fact]
    public async Task Database_Opened_SurvivesPowerCutsAndLetsReadersReadOn()
    {
        await using var store = await OpenAsync();
        await using var db = await store.DatabaseAsync();

        Assert.Equal("wal", await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode()").SingleAsync(Cancel));
        Assert.Equal(2, await db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous()").SingleAsync(Cancel));
        Assert.Equal(30_000, await db.Database.SqlQueryRaw<int>("SELECT timeout AS Value FROM pragma_busy_timeout()").SingleAsync(Cancel));
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.True(store.Get<KnowledgeDatabase>().Ready.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Store_OpenedAgain_FindsEverything()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.PublishAsync(scope, "Garden", "Roses need six hours of sun.");
        var waiting = await store.AddAsync(scope, "waiting.txt");

        await using var again = await store.AgainAsync();

        Assert.Equal([document, waiting], (await again.Library.ListAsync(scope, Cancel)).Select(status => status.Id));
        var result = await again.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest("How many hours of sun do roses need?", [], 100), Cancel);
        Assert.Equal("Roses need six hours of sun.", Assert.Single(result.Passages).Text);
        Assert.Equal(waiting, (await again.LeaseAsync()).Document);
    }

    [Fact]
    public async Task Database_FromANewerVersion_IsRefused()
    {
        await using var store = await OpenAsync();
        await using (var db = await store.DatabaseAsync())
        {
            await db.Database.ExecuteSqlRawAsync("INSERT INTO __EFMigrationsHistory VALUES ('29991231235959_Future', '99.0.0')", Cancel);
        }

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.AgainAsync());
        Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migration_KilledWhileItHeldItsLock_IsTakenUpAgain()
    {
        await using var store = await OpenAsync();
        await using (var db = await store.DatabaseAsync())
        {
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsHistory", Cancel);
            foreach (var table in new[] { "Chunks", "Documents", "Jobs", "KnowledgeBases", "Outbox", "Pages", "Settings", "TermStatistics", "DocumentTerms", "NextVectors", "DocumentVersions", "DocumentLog" })
            {
#pragma warning disable EF1002 // names of our own tables
                await db.Database.ExecuteSqlRawAsync($"DROP TABLE {table}", Cancel);
#pragma warning restore EF1002
            }

            await db.Database.ExecuteSqlRawAsync(
                "INSERT INTO __EFMigrationsLock VALUES (1, '2026-03-01 11:00:00+00:00')", Cancel);   // an hour before the test's clock
        }

        await using var again = await store.AgainAsync();
        Assert.Empty(await again.Library.ListAsync(NewScope(), Cancel));
    }

    [Fact]
    public async Task Embedder_OtherThanTheStoredOne_IsRefusedWhereItWouldWrite()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Garden", "Roses need sun.");
        await using var other = await store.AgainAsync(new HashEmbedder("another"));
        await using var db = await other.DatabaseAsync();

        var error = await Assert.ThrowsAsync<EmbedderChangedException>(() => other.Get<EmbedderIdentity>().ClaimAsync(db, 64, Cancel));

        Assert.Contains("'hash, 64 dimensions'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'another, 64 dimensions'", error.Message, StringComparison.Ordinal);
        Assert.Single(await other.Library.ListAsync(scope, Cancel));   // files can still be seen and deleted
    }

    [Fact]
    public async Task Embedder_Changed_TakesOverOnceNothingIsStored()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.PublishAsync(scope, "Garden", "Roses need sun.");
        await store.Library.DeleteAsync(scope, document, Cancel);
        await store.Get<OutboxWorker>().DrainAsync(Cancel);

        await using var other = await store.AgainAsync(new HashEmbedder("another", 32));
        await other.PublishAsync(scope, "Garden", "Roses need sun.");

        var result = await other.Get<IPassageSearch>().SearchAsync(scope, new SearchRequest("roses sun", [], 100), Cancel);
        Assert.Single(result.Passages);
    }

    [Theory]
    [InlineData("DataFolder", "")]
    [InlineData("MaxLease", "00:01:00")]
    [InlineData("MaxCrashes", "0")]
    [InlineData("ListLength", "0")]
    [InlineData("RelevanceFloor", "5")]
    [InlineData("DenseWeight", "0", "LexicalWeight", "0")]
    public void Options_Invalid_AreRefused(params string[] pairs)
    {
        Assert.Throws<OptionsValidationException>(() => Options(pairs));
    }

    [Fact]
    public void Options_Default_AreValid()
    {
        var options = Options();

        Assert.Equal((TimeSpan.FromSeconds(30), 3, 50, 6, 3, (double?)null), (
            options.MaxLease, options.MaxCrashes, options.ListLength, options.MaxPassages, options.EvidenceCount, options.RelevanceFloor));
    }

    [Fact]
    public void Options_Valid_AreBound() => Assert.Equal((0.5, TimeSpan.FromSeconds(10)), Options("DenseWeight", "0.5", "MaxLease", "00:00:10") is var o ? (o.DenseWeight, o.MaxLease) : default);

    private static RetrievalOptions Options(params string[] pairs)
    {
        var settings = new Dictionary<string, string?> { ["Retrieval:DataFolder"] = "somewhere" };
        foreach (var pair in pairs.Chunk(2))
        {
            settings[$"Retrieval:{pair[0]}"] = pair[1];
        }

        using var services = new ServiceCollection().AddLogging()
            .AddRetrieval(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
        return services.GetRequiredService<IOptions<RetrievalOptions>>().Value;
    }
}
