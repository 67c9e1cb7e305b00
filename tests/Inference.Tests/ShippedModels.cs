using Rag.Inference.Models;

namespace Rag.Inference.Tests;

/// <summary>The model folders of the repository, and copies of them to break.</summary>
internal static class ShippedModels
{
    public const string Embedding = "bge-small-en-v1.5-int8";
    public const string Chat = "smollm2-135m-instruct-int8";

    private static readonly ModelStore Store = new(new InferenceOptions(), AppContext.BaseDirectory);

    public static ModelFolder EmbeddingFolder => Store.Open(Embedding, ModelKind.Embedding);

    public static ModelFolder ChatFolder => Store.Open(Chat, ModelKind.Chat);
}

/// <summary>A models folder of its own, gone after the test.</summary>
internal sealed class CopiedModels : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("rag-models-").FullName;

    /// <summary>Copies a model; the test may delete or change its files.</summary>
    public string Add(ModelFolder model)
    {
        var target = Directory.CreateDirectory(Path.Combine(Root, model.Manifest.Id)).FullName;
        foreach (var file in Directory.EnumerateFiles(model.Path))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return target;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
