using System.Security.Cryptography;
using System.Text.Json;

namespace Rag.Inference.Models;

/// <summary>One model's files. Nothing is handed to a reader, native or ours, before its SHA-256 was found to be the manifest's.</summary>
internal sealed class ModelFolder(string path, ModelManifest manifest)
{
    /// <summary>What exporters call the graph with fp16 activations.</summary>
    public const string HalfGraph = "model_fp16.onnx";

    private const string ManifestName = "model.json";

    public string Path { get; } = path;

    public ModelManifest Manifest { get; } = manifest;

    /// <summary>The graph for CUDA: as the manifest states, else <see cref="HalfGraph"/>; null where the folder has none.</summary>
    public string? CudaGraph => new[] { Manifest.Graphs.Cuda, HalfGraph, "onnx/" + HalfGraph }.FirstOrDefault(
        name => name is not null && (Manifest.Inferred is not null || Manifest.Files.ContainsKey(name)) && File.Exists(System.IO.Path.Combine(Path, name)));

    /// <summary>Reads <c>model.json</c> or, where there is none, the files of the exporters' layouts that take its place; no weights are touched.</summary>
    /// <param name="maxContext">Tokens used of a model without a <c>model.json</c>.</param>
    /// <exception cref="InferenceException">Unavailable: the folder or its manifest is missing, damaged or of another kind.</exception>
    public static ModelFolder Open(string path, ModelKind kind, int maxContext)
    {
        var file = System.IO.Path.Combine(path, ManifestName);
        try
        {
            if (!File.Exists(file) && ManifestInference.IsModelFolder(path))
            {
                return new ModelFolder(path, new ManifestInference(path, maxContext).Infer(kind));
            }

            var manifest = ModelManifest.Parse(File.ReadAllBytes(file));
            return manifest.Kind == kind
                ? new ModelFolder(path, manifest)
                : throw Unavailable($"The model in {path} is of the kind {manifest.Kind}, not {kind}. Choose another model in the settings.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unavailable($"The model file {file} is missing. Copy the model's folder there again, or set Inference:ModelsFolder to where it is.", error);
        }
        catch (FormatException error)
        {
            throw Unavailable($"The model in {path} has no {ManifestName} and cannot be used without: {error.Message.TrimEnd('.')}.", error);
        }
        catch (Exception error) when (error is JsonException && !File.Exists(file))
        {
            throw Unavailable($"The model in {path} has no {ManifestName}, and one of its other files is damaged ({error.Message}). Copy it there again.", error);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Unavailable($"The model file {file} cannot be read ({error.Message}). Copy it there again.", error);
        }
    }

    /// <summary>The file's full path, once its length and hash are those of the manifest.</summary>
    /// <exception cref="InferenceException">Unavailable: not listed, missing or changed. The message names the file.</exception>
    public string Verify(string name)
    {
        var file = System.IO.Path.Combine(Path, name);
        if (Manifest.Inferred is not null)
        {
            return Exists(name, file);
        }

        if (!Manifest.Files.TryGetValue(name, out var expected) || name != System.IO.Path.GetFileName(name))
        {
            throw Unavailable($"The model {Manifest.Id} wants to read {name}, which its {ManifestName} does not list. Copy the model's folder again.");
        }

        try
        {
            using var stream = new FileStream(file, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 1 << 17 });
            if (stream.Length == expected.Bytes && Convert.ToHexStringLower(SHA256.HashData(stream)) == expected.Sha256)
            {
                return file;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unavailable($"The model file {file} is missing. Copy it there again.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unavailable($"The model file {file} cannot be read ({error.Message}).", error);
        }

        throw Unavailable($"The model file {file} is not the one that belongs to this model (its SHA-256 differs from {ManifestName}). Copy it there again.");
    }

    // Nothing says what the files should be; they must at least lie in the folder.
    private string Exists(string name, string file) =>
        System.IO.Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..") ? throw Unavailable($"The model {Manifest.Id} wants to read {name}, which lies outside of its folder.")
        : File.Exists(file) ? file
        : throw Unavailable($"The model file {file} is missing. Copy it there again.");

    private static InferenceException Unavailable(string message, Exception? inner = null) => new(InferenceFailure.Unavailable, message, inner);
}
