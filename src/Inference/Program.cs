using Rag.Inference.Import;
using Rag.Inference.Serving;

namespace Rag.Inference;

/// <summary>
/// The models as a server of their own: <c>dotnet Rag.Inference.dll --urls http://127.0.0.1:5601</c>; or, with <c>--import FILE.gguf</c>, a file turned into a model folder.
/// The product itself uses this project as a library.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (ImportCommand.IsAsked(arguments))
        {
            return await ImportCommand.RunAsync(arguments).ConfigureAwait(false);
        }

        await using var app = ModelServer.Build(arguments);
        await app.RunAsync().ConfigureAwait(false);
        return 0;
    }
}
