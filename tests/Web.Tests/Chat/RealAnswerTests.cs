using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Chat;
using Rag.Web.Documents;

namespace Rag.Web.Tests.Chat;

/// <summary>The answer path with nothing scripted: real extractor, index and models, over one small text file.</summary>
public sealed class RealAnswerTests
{
    private const string Decisive = "The lighthouse at Cape Hollow was built in 1874 by the engineer Anna Weiss.";

    private const string Text =
        $"""
        The Cape Hollow guide

        {Decisive} It is 41 metres high and painted white and red.

        Visitors may climb the tower from April to October. Tickets cost 6 euros and are sold in the harbour office.

        The lamp was replaced in 1931, when the harbour got electric light. The old lamp stands in the museum.
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_RealParts_QuotesTheDecisiveSentenceAndKnowsWhatIsMissing()
    {
        await using var server = new RealServer();
        await using var scope = server.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var user = new IdentityUser { UserName = "olga" };
        Assert.True((await services.GetRequiredService<UserManager<IdentityUser>>().CreateAsync(user, "seven quiet herons")).Succeeded);
        var caller = new Caller(new UserId(user.Id), null);
        var assistant = (await services.GetRequiredService<AssistantStore>().CreateAsync(caller, new AssistantDraft("Guide", "", []), Cancel))!.Id;
        var shelf = services.GetRequiredService<DocumentShelf>();
        await shelf.UploadAsync(caller, assistant, "guide.txt", new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Text)), Cancel);
        await ReadyAsync(shelf, caller, assistant);

        var (turn, answer) = await AskAsync(services, caller, assistant, "Who built the lighthouse at Cape Hollow?");
        var (_, missing) = await AskAsync(services, caller, assistant, "What is the boiling point of tungsten?");

        Assert.Equal(AnswerKind.FromFiles, answer.Kind);
        Assert.Equal(Decisive, answer.Citations[0].Quote);
        Assert.Null(answer.Problem);
        Assert.False(string.IsNullOrWhiteSpace(answer.ModelText));
        Assert.NotNull(answer.Sentences);
        Assert.All(answer.Sentences.Where(s => s.Citation is not null), s => Assert.NotNull(answer.FindCitation(s.Citation!.Value)));
        Assert.True(answer.Timings.FirstToken > answer.Timings.Evidence);
        var source = (await services.GetRequiredService<SourceStore>().FindPageAsync(caller, turn, 1, Cancel))!;
        Assert.Equal(Decisive, source.Page!.Text[source.Citation.Start..source.Citation.End].Trim());

        Assert.Equal(AnswerKind.NotInFiles, missing.Kind);
        Assert.Null(missing.ModelText);
    }

    private static async Task<(TurnId Turn, StoredAnswer Answer)> AskAsync(IServiceProvider services, Caller caller, AssistantId assistant, string question)
    {
        var answers = services.GetRequiredService<AnswerService>();
        var accepted = Assert.IsType<AskOutcome.Accepted>(await answers.AskAsync(caller, assistant, null, question, Cancel));
        AnswerPart last = new AnswerPart.Searching();
        await foreach (var batch in (await answers.WatchAsync(caller, accepted.Turn, Cancel))!)
        {
            last = batch[^1];
        }

        var ended = Assert.IsType<AnswerPart.Ended>(last);
        Assert.Equal(TurnState.Done, ended.State);
        return (accepted.Turn, ended.Answer);
    }

    /// <summary>The worker is another thread and the extractor another process: there is nothing to await but what they store.</summary>
    private static async Task ReadyAsync(DocumentShelf shelf, Caller caller, AssistantId assistant)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        DocumentStatus file;
        do
        {
            await tick.WaitForNextTickAsync(patience.Token);
            file = Assert.Single((await shelf.ListAsync(caller, assistant, patience.Token))!);
        }
        while (!file.IsFinal);

        Assert.Equal((DocumentState.Ready, (string?)null), (file.State, file.Message));
    }

    private sealed class RealServer : WebApplicationFactory<WebOptions>
    {
        private readonly string folder = Directory.CreateTempSubdirectory("docent-real").FullName;

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment(Environments.Production);
            builder.UseSetting("data", folder);
            builder.ConfigureLogging(logging => logging.ClearProviders());
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }
}
