using Rag.Inference;
using Rag.Inference.Import;
using Rag.Web.Models;

namespace Rag.Web.Composition;

/// <summary>Inference's importer for the Models page; null where this build has none.</summary>
internal sealed class GgufImport(IModelImporter? importer) : IModelImport
{
    public bool IsAvailable => importer is not null;

    public async Task<ImportedFolder> ImportAsync(ImportOrder order, IProgress<ImportStep> progress, CancellationToken cancel)
    {
        try
        {
            var model = await importer!.ImportAsync(new ModelImportRequest(order.File, order.Name, order.WeightBits, order.FileName), new Passing(progress), cancel);
            return new(model.Id, model.Title, model.Parameters, model.Bytes, model.ContextLength);
        }
        catch (InferenceException failure)
        {
            throw ModelFailures.Translate(failure);
        }
    }

    // Not Progress<T>: that one hops threads and may change the order.
    private sealed class Passing(IProgress<ImportStep> inner) : IProgress<ModelImportProgress>
    {
        public void Report(ModelImportProgress value) => inner.Report(new(value.Stage, value.Done, value.Total));
    }
}
