using System.Globalization;
using System.Text;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Ingestion.Extraction.Isolation.Confinement;
using Rag.Ingestion.Composition;

namespace Rag.Ingestion;

/// <summary>
/// <c>work</c>: a worker beside the server. <c>extract</c>: the child process that parses untrusted files, started by <see cref="ExtractorLaunch"/> alone,
/// which asks by <c>confined</c> whether this system lets such a child shut itself in.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["extract", var seconds, ..] when double.TryParse(seconds, CultureInfo.InvariantCulture, out double processorSeconds):
                SmallerWorld.Enter();
                return new ExtractorHost(Pipes.Input(), Pipes.Output(), processorSeconds, arguments.Contains(TestFaults.Switch)).Run();
            case ["confined"]:
                return SmallerWorld.Enter() ? 0 : 1;
            case ["work", .. var rest]:
                if (await WorkerProgram.RunAsync(rest, CancellationToken.None) is not { } refusal)
                {
                    return 0;
                }

                Say(refusal + "\n");
                return 1;
            default:
                Say(WorkerProgram.Usage);
                return 2;
        }
    }

    private static void Say(string words)
    {
        using Stream errors = Pipes.Error();
        errors.Write(Encoding.UTF8.GetBytes(words));
    }
}
