using Rag.Web.Access;

namespace Rag.Web.Models;

/// <summary>The model folders, for administrators alone.</summary>
internal sealed class ModelShelf(IModelFolders folders, AccessPolicy policy, ImportBoard board, ILogger<ModelShelf> log)
{
    /// <summary>Null: not the caller's to see.</summary>
    public async Task<ModelFoldersView?> ReadAsync(Caller caller, CancellationToken cancel) =>
        await policy.IsAdministratorAsync(caller, cancel) ? await folders.ReadAsync(cancel) : null;

    /// <summary>Compares a model's files with the SHA-256 in its list.</summary>
    public async Task CheckAsync(Caller caller, string name, CancellationToken cancel)
    {
        if (await policy.IsAdministratorAsync(caller, cancel))
        {
            await folders.CheckAsync(name, cancel);
        }
    }

    /// <summary>NotFound also where it is not the caller's to remove.</summary>
    public async Task<RemoveOutcome> RemoveAsync(Caller caller, string name, CancellationToken cancel)
    {
        if (!await policy.IsAdministratorAsync(caller, cancel))
        {
            return new(RemoveResult.NotFound, null);
        }

        var outcome = await folders.RemoveAsync(name, cancel);
        if (outcome.Result == RemoveResult.Removed)
        {
            log.ModelRemoved(name);
            board.Forget(name);
        }

        return outcome;
    }
}
