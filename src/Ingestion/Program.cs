using Rag.Ingestion.Extraction.Isolation;

namespace Rag.Ingestion;

/// <summary>One mode so far: the child process that parses untrusted files, started by <see cref="ExtractorLaunch"/>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is ["extract", ..])
        {
            return new ExtractorHost(Pipes.Input(), Pipes.Output(), arguments.Contains(TestFaults.Switch)).Run();
        }

        using Stream errors = Pipes.Error();
        errors.Write("Usage: Rag.Ingestion extract\n"u8);
        return 2;
    }
}
