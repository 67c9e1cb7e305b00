using System.Globalization;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Web.Admin;

namespace Rag.Web.Composition;

/// <summary>The models' self-test in the status page's words.</summary>
internal sealed class ModelsSelfTest(ModelSelfTest test) : ISelfTest
{
    public async Task<IReadOnlyList<StatusLine>> RunAsync(CancellationToken cancel) => [.. (await test.RunAsync(cancel)).SelectMany(Lines)];

    internal static IEnumerable<StatusLine> Lines(SelfTestResult result)
    {
        var name = result.Kind == ModelKind.Chat ? "Chat model" : "Embedding model";
        if (result.Problem is { } problem)
        {
            yield return new(name, $"{result.Model}: {problem}", StatusLevel.Error);
            yield break;
        }

        yield return new(name, $"{result.Model}, works");
        yield return new("Ran on", result.Provider switch { ExecutionProvider.Cuda => "CUDA", ExecutionProvider.Cpu => "CPU", _ => "a server elsewhere" });
        if (result.TokensPerSecond is { } speed)
        {
            yield return new(result.Kind == ModelKind.Chat ? "Writes" : "Reads", $"{speed.ToString(speed < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture)} tokens/s");
        }

        yield return result.Deterministic == true
            ? new("Asked again", "the same, exactly")
            : new("Asked again", "something else: results are not repeatable here", StatusLevel.Warning);
    }
}
