namespace Rag.Browser.Tests.Product;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("docent-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
