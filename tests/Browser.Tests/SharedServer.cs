using Rag.Browser.Tests;
using Rag.Browser.Tests.Product;
using Rag.Testing;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Rag.Browser.Tests;

/// <summary>
/// One server, with its owner signed in, for all tests that need nothing but an assistant of their own: a start and two loaded models cost more
/// than most of them. Started when the first test asks for it; a test whose subject is the start, the end or a setting has its own.
/// </summary>
public sealed class SharedServer : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Answers__UserQuestionsPerMinute"] = "1000",   // of one owner, for all tests
        ["Answers__AnswersAtOnce"] = "10",
        ["TestQuestions__LookSeconds"] = "1",
        ["TestQuestions__QuietSeconds"] = "1",
    };

    private readonly TemporaryFolder folder = new();
    private readonly SemaphoreSlim starting = new(1);
    private DocentServer? server;
    private DocentClient? owner;

    /// <summary>A start that failed fails one test; the next one tries again.</summary>
    public async Task<(DocentServer Server, DocentClient Owner)> GetAsync()
    {
        await starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            server ??= await DocentServer.StartAsync(folder.Path, Settings);
            owner ??= await DocentClient.SetUpAsync(server);
            return (server, owner);
        }
        finally
        {
            starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        owner?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
        starting.Dispose();
    }
}
