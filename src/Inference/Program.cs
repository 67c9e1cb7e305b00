using Rag.Inference.Serving;

namespace Rag.Inference;

/// <summary>The models as a server of their own: <c>dotnet Rag.Inference.dll --urls http://127.0.0.1:5601</c>. The product itself uses this project as a library.</summary>
internal static class Program
{
    private static async Task Main(string[] arguments)
    {
        await using var app = ModelServer.Build(arguments);
        await app.RunAsync().ConfigureAwait(false);
    }
}
