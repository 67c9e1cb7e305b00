namespace Rag.Inference.Models;

/// <summary>Finds model folders: in the configured folder, else in <c>models/</c> beside the program or in the nearest folder above it.</summary>
internal sealed class ModelStore(InferenceOptions options, string programFolder)
{
    /// <exception cref="InferenceException">Unavailable: there is no such folder.</exception>
    public ModelFolder Open(string id, ModelKind kind) => ModelFolder.Open(Path.Combine(Root, id), kind, options.MaxContextTokens);

    /// <summary>The folder of model folders.</summary>
    /// <exception cref="InferenceException">Unavailable: none was found.</exception>
    public string Root => FindRoot();

    private string FindRoot()
    {
        if (!string.IsNullOrWhiteSpace(options.ModelsFolder))
        {
            return Path.GetFullPath(options.ModelsFolder);
        }

        for (var folder = new DirectoryInfo(programFolder); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "models");
            // A folder of that name may be anything; ours holds model folders.
            if (Directory.Exists(candidate) && Directory.EnumerateDirectories(candidate).Any(model => File.Exists(Path.Combine(model, "model.json")) || ManifestInference.IsModelFolder(model)))
            {
                return candidate;
            }
        }

        throw new InferenceException(
            InferenceFailure.Unavailable,
            $"No models folder was found in {programFolder} or a folder above it. Put the models folder there, or set Inference:ModelsFolder.");
    }
}
