using Rag.Inference;
using Rag.Inference.Models;
using Rag.Web.Models;

namespace Rag.Web.Composition;

/// <summary>Inference's model folders in the Models page's words.</summary>
internal sealed class InstalledModels(ModelCatalogue catalogue) : IModelFolders
{
    public async Task<ModelFoldersView> ReadAsync(CancellationToken cancel)
    {
        try
        {
            return new(catalogue.Folder, [.. (await Task.Run(catalogue.List, cancel)).Select(View)], null);
        }
        catch (InferenceException unusable)
        {
            return new(null, [], unusable.Message);
        }
    }

    public async Task CheckAsync(string name, CancellationToken cancel)
    {
        try
        {
            await catalogue.CheckAsync(name, cancel);
        }
        catch (InferenceException)
        {
            // The next reading says it.
        }
    }

    public async Task<RemoveOutcome> RemoveAsync(string name, CancellationToken cancel)
    {
        try
        {
            return await Task.Run(() => catalogue.Remove(name), cancel) ? new(RemoveResult.Removed, null) : new(RemoveResult.NotFound, null);
        }
        catch (InferenceException refused)
        {
            return new(RemoveResult.Refused, refused.Message);
        }
    }

    private static ModelFolderView View(InstalledModel model) => new(
        model.Id,
        model.Title,
        model.Kind switch { ModelKind.Chat => ModelPurpose.Chat, ModelKind.Embedding => ModelPurpose.Embedding, _ => null },
        model.Parameters,
        model.Bytes,
        model.License,
        model.Source,
        model.ContextLength,
        model.Files switch { ModelFiles.Present => FileProof.NotYet, ModelFiles.Checked => FileProof.Checked, ModelFiles.Unlisted => FileProof.NoList, _ => FileProof.Wrong },
        model.Configured,
        model.InUse,
        model.Note,
        model.Problem);
}
