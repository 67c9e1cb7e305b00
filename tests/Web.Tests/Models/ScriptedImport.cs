using Rag.Web.Models;

namespace Rag.Web.Tests.Models;

/// <summary>An importer that does as it is told, and what it was told.</summary>
internal sealed class ScriptedImport : IModelImport
{
    public static ImportedFolder Model { get; } = new("tiny", "Tiny Model", 135_000_000, 143_000_000, 8_192);

    public bool IsAvailable { get; set; } = true;

    public ImportOrder? Order { get; private set; }

    /// <summary>Bytes of the file when the import began.</summary>
    public byte[] Bytes { get; private set; } = [];

    public Func<IProgress<ImportStep>, CancellationToken, Task<ImportedFolder>> Work { get; set; } = (_, _) => Task.FromResult(Model);

    public Task<ImportedFolder> ImportAsync(ImportOrder order, IProgress<ImportStep> progress, CancellationToken cancel)
    {
        (Order, Bytes) = (order, File.ReadAllBytes(order.File));
        return Work(progress, cancel);
    }

    /// <summary>Never ends by itself.</summary>
    public static async Task<ImportedFolder> Forever(IProgress<ImportStep> progress, CancellationToken cancel)
    {
        await Task.Delay(Timeout.Infinite, cancel);
        return Model;
    }
}

/// <summary>Model folders that are as they are told to be.</summary>
internal sealed class ScriptedFolders : IModelFolders
{
    public List<ModelFolderView> Models { get; } = [];

    public string? Problem { get; set; }

    /// <summary>Why nothing can be removed; null: all can.</summary>
    public string? Refusal { get; set; }

    public static ModelFolderView Folder(string name) =>
        new(name, $"Title of {name}", ModelPurpose.Chat, 135_000_000, 143_000_000, "mit", "somebody/it", 8_192, FileProof.Checked, false, false, null, null);

    public Task<ModelFoldersView> ReadAsync(CancellationToken cancel) =>
        Task.FromResult(Problem is null ? new ModelFoldersView("/srv/models", [.. Models], null) : new(null, [], Problem));

    public Task CheckAsync(string name, CancellationToken cancel)
    {
        var at = Models.FindIndex(model => model.Name == name);
        Models[at] = Models[at] with { Files = FileProof.Checked };
        return Task.CompletedTask;
    }

    public Task<RemoveOutcome> RemoveAsync(string name, CancellationToken cancel) => Task.FromResult<RemoveOutcome>(
        Refusal is not null ? new(RemoveResult.Refused, Refusal)
        : Models.RemoveAll(model => model.Name == name) > 0 ? new(RemoveResult.Removed, null)
        : new(RemoveResult.NotFound, null));
}
