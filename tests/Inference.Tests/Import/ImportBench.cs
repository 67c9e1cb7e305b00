using Rag.Inference.Chat;
using Rag.Inference.Import;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

/// <summary>A models folder to import into, gone after the test.</summary>
internal sealed class ImportBench : IDisposable
{
    private readonly string files = Directory.CreateTempSubdirectory("rag-gguf-").FullName;
    private int count;

    public ImportBench()
    {
        Models = Directory.CreateDirectory(Path.Combine(files, "models")).FullName;
    }

    public string Models { get; }

    public static SessionFactory Sessions => new(new InferenceOptions { Provider = ExecutionProvider.Cpu }, new(ExecutionProvider.Cpu, () => null));

    public string PathOf(string name) => Path.Combine(files, name);

    public ModelImporter Importer(int accuracy = 4, long longestPiece = 1 << 30, long? free = null)
    {
        var options = new InferenceOptions { ModelsFolder = Models };
        return new(options, new ModelStore(options, AppContext.BaseDirectory), Sessions) { Accuracy = accuracy, LongestPiece = longestPiece, FreeSpace = free is null ? ImportSpace.Free : _ => free };
    }

    public Task<ImportedModel> ImportAsync(GgufWriter file, int accuracy = 4, int bits = 8) =>
        Importer(accuracy).ImportAsync(new(file.Save(PathOf("tiny.gguf")), $"tiny-{++count}", bits), null, TestContext.Current.CancellationToken);

    /// <summary>Opened as the product does, hashes and all.</summary>
    public static DecodeLoop Open(ImportedModel model)
    {
        var folder = ModelFolder.Open(model.Folder, ModelKind.Chat, 8_192);
        return new(Sessions.Open(folder), folder.Manifest, prefillChunk: 16, cacheStep: 20);
    }

    public void Dispose() => Directory.Delete(files, recursive: true);
}
