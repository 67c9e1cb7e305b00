using Rag.Inference.Chat;
using Rag.Inference.Import;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

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

    public string PathOf(string name) => Path.Combine(files, name);

    public ModelImporter Importer(int accuracy = 4)
    {
        var options = new InferenceOptions { ModelsFolder = Models };
        return new ModelImporter(options, new ModelStore(options, AppContext.BaseDirectory)) { Accuracy = accuracy };
    }

    public Task<ImportedModel> ImportAsync(GgufWriter file, int accuracy = 4, int bits = 8) =>
        Importer(accuracy).ImportAsync(new(file.Save(PathOf("tiny.gguf")), $"tiny-{++count}", bits), null, TestContext.Current.CancellationToken);

    /// <summary>Opened as the product does, hashes and all.</summary>
    public static DecodeLoop Open(ImportedModel model)
    {
        var folder = ModelFolder.Open(model.Folder, ModelKind.Chat, 8_192);
        var options = new InferenceOptions { Provider = ExecutionProvider.Cpu };
        return new(new SessionFactory(options, new(ExecutionProvider.Cpu, () => null)).Open(folder), folder.Manifest, prefillChunk: 16, cacheStep: 20);
    }

    public void Dispose() => Directory.Delete(files, recursive: true);
}
