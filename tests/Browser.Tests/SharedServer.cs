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
    private readonly Lazy<Task<(DocentServer Server, DocentClient Owner)>> started;

    public SharedServer() => started = new(StartAsync);

    public async Task<(DocentServer Server, DocentClient Owner)> GetAsync() => await started.Value;

    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated && await started.Value is var (server, owner))
        {
            owner.Dispose();
            await server.DisposeAsync();
        }

        folder.Dispose();
    }

    private async Task<(DocentServer Server, DocentClient Owner)> StartAsync()
    {
        var server = await DocentServer.StartAsync(folder.Path, Settings);
        return (server, await DocentClient.SetUpAsync(server));
    }
}
