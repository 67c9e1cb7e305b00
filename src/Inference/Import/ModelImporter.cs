namespace Rag.Inference.Import;

internal sealed class ModelImporter : IModelImporter
{
    public Task<ImportedModel> ImportAsync(ModelImportRequest request, IProgress<ModelImportProgress>? progress, CancellationToken cancel) =>
        throw new InferenceException(InferenceFailure.InvalidOption, "Importing models is not built yet.");
}
