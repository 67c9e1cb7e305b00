using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rag.Inference.Chat;

namespace Rag.Inference.Models;

/// <summary>Reads what a model folder says about itself without opening weights. Never throws for what lies in it: a broken folder is a result.</summary>
internal static class ModelInspection
{
    private const string ManifestName = "model.json";
    private const long MaxManifestBytes = 4_000_000;
    private const int MaxFiles = 10_000;

    public static bool HoldsModel(string path)
    {
        try
        {
            return File.Exists(Path.Combine(path, ManifestName)) || ManifestInference.IsModelFolder(path)
                || new[] { path, Path.Combine(path, "onnx") }.Any(folder => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.onnx").Any());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;   // it may well; the reading says why it cannot be used
        }
    }

    /// <summary>Name, length in bytes and time of change of each file; links are followed.</summary>
    public static IReadOnlyList<(string Name, long Length, long Changed)> FilesOf(string path)
    {
        try
        {
            return [.. new DirectoryInfo(path)
                .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true, AttributesToSkip = 0 })
                .Take(MaxFiles)
                .Select(file => file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file)
                .Select(file => (file.FullName, file.Exists ? file.Length : 0, file.LastWriteTimeUtc.Ticks))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public static string Stamp(IReadOnlyList<(string Name, long Length, long Changed)> files) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', files.Order().Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Name}|{file.Length}|{file.Changed}"))))));

    public static InstalledModel Read(string path, long bytes, int maxContext)
    {
        var broken = new InstalledModel(Path.GetFileName(path), Path.GetFileName(path), null, 0, bytes, "", null, 0, ModelFiles.Wrong, false, false, null, null);
        try
        {
            var folder = Open(path, maxContext);
            var manifest = folder.Manifest;
            var problem = Problem(folder);
            return broken with
            {
                Title = manifest.Title,
                Kind = manifest.Kind,
                Parameters = Math.Max(0, manifest.Parameters),
                License = manifest.License,
                Source = manifest.Source?.File ?? manifest.Source?.Model,
                ContextLength = Math.Max(0, manifest.Kind == ModelKind.Chat ? manifest.ContextLength : manifest.MaxTokens),
                Files = manifest.Inferred is not null ? ModelFiles.Unlisted : problem is null ? ModelFiles.Present : ModelFiles.Wrong,
                Note = manifest.Inferred,
                Problem = problem,
            };
        }
        catch (InferenceException unusable)
        {
            return broken with { Problem = unusable.Message };
        }
        catch (Exception unforeseen) when (unforeseen is not OutOfMemoryException)
        {
            // Any bytes may lie here: numbers out of range, names that are no names.
            return broken with { Problem = $"The folder {path} cannot be read ({unforeseen.Message}). Copy the model there again." };
        }
    }

    private static ModelFolder Open(string path, int maxContext)
    {
        var file = new FileInfo(Path.Combine(path, ManifestName));
        if (file.Exists)
        {
            if (file.Length > MaxManifestBytes)
            {
                throw new InferenceException(InferenceFailure.Unavailable, $"The model file {file.FullName} is too large to be one. Copy the model's folder there again.");
            }

            return ModelFolder.Open(path, KindOf(file.FullName), maxContext);
        }

        // Two kinds to try, the likelier first; its reason is the one to tell.
        var embeds = Directory.Exists(Path.Combine(path, "1_Pooling")) || File.Exists(Path.Combine(path, "sentence_bert_config.json")) || File.Exists(Path.Combine(path, "modules.json"));
        try
        {
            return ModelFolder.Open(path, embeds ? ModelKind.Embedding : ModelKind.Chat, maxContext);
        }
        catch (InferenceException)
        {
            try
            {
                return ModelFolder.Open(path, embeds ? ModelKind.Chat : ModelKind.Embedding, maxContext);
            }
            catch (InferenceException)
            {
                // The first reason is thrown below.
            }

            throw;
        }
    }

    /// <summary>The kind that <c>model.json</c> states; chat where it cannot be read, since opening it then says why.</summary>
    private static ModelKind KindOf(string file)
    {
        try
        {
            return ModelManifest.Parse(File.ReadAllBytes(file)).Kind;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return ModelKind.Chat;
        }
    }

    private static string? Problem(ModelFolder folder)
    {
        var (manifest, expected) = (folder.Manifest, folder.Manifest.Kind == ModelKind.Chat ? "bpe-bytelevel" : "wordpiece");
        if (manifest.Inferred is not null)
        {
            return null;
        }

        foreach (var (name, stated) in manifest.Files)
        {
            if (name != Path.GetFileName(name))
            {
                return $"Its {ManifestName} lists {name}, which lies outside of its folder.";
            }

            var file = new FileInfo(Path.Combine(folder.Path, name));
            if (!file.Exists)
            {
                return $"The file {name} is missing. Copy it there again.";
            }

            if ((file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length != stated.Bytes)
            {
                return $"The file {name} does not have the length that {ManifestName} states. Copy it there again.";
            }
        }

        return !manifest.Files.ContainsKey(manifest.Graphs.Cpu) ? $"Its {ManifestName} does not list {manifest.Graphs.Cpu}, the graph to run."
            : manifest.Tokenizer.Type != expected ? $"Its tokenizer is of the type {manifest.Tokenizer.Type}; {expected} is needed."
            : manifest.Kind == ModelKind.Chat && !ChatFamily.Names.Contains(manifest.ChatTemplate?.Family) ? $"Its chat template is of no family that is known ({string.Join(", ", ChatFamily.Names)})."
            : null;
    }
}
