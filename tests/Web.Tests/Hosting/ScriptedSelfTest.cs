using Rag.Web.Admin;

namespace Rag.Web.Tests.Hosting;

/// <summary>A self-test that does as it is told; the real one loads the models.</summary>
internal sealed class ScriptedSelfTest : ISelfTest
{
    public Func<CancellationToken, Task<IReadOnlyList<StatusLine>>> Work { get; set; } = _ => Task.FromResult<IReadOnlyList<StatusLine>>([new("Chat model", "small, works")]);

    public Task<IReadOnlyList<StatusLine>> RunAsync(CancellationToken cancel) => Work(cancel);
}
