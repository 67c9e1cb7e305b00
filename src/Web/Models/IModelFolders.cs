namespace Rag.Web.Models;

public enum ModelPurpose
{
    Chat,
    Embedding,
}

/// <summary>What is known of a model's files; as their SHA-256 in <c>model.json</c> tells.</summary>
public enum FileProof
{
    /// <summary>There is a list, and it was not compared yet.</summary>
    NotYet,
    Checked,

    /// <summary>There is no list: the folder is as its exporter wrote it.</summary>
    NoList,
    Wrong,
}

/// <summary>A folder in the models folder.</summary>
/// <param name="Purpose">Null where that cannot be told.</param>
/// <param name="Parameters">0 where not stated.</param>
/// <param name="Licence">Empty where not stated.</param>
/// <param name="ContextTokens">0 where not stated.</param>
/// <param name="Configured">The settings name it: it cannot be removed.</param>
/// <param name="InUse">This server runs it. False for a configured one that an endpoint stands in for.</param>
/// <param name="Problem">Why it cannot be used; null: nothing was found.</param>
public sealed record ModelFolderView(
    string Name, string Title, ModelPurpose? Purpose, long Parameters, long Bytes, string Licence, string? Source, int ContextTokens,
    FileProof Files, bool Configured, bool InUse, string? Note, string? Problem);

/// <param name="Folder">Null where there is none.</param>
/// <param name="Problem">Why nothing can be listed; else null.</param>
public sealed record ModelFoldersView(string? Folder, IReadOnlyList<ModelFolderView> Models, string? Problem);

public enum RemoveResult
{
    Removed,
    NotFound,

    /// <summary>It stays; the sentence says why.</summary>
    Refused,
}

public sealed record RemoveOutcome(RemoveResult Result, string? Sentence);

/// <summary>The model folders on this server's disk. Says nothing of who may see them; see <see cref="ModelShelf"/>.</summary>
public interface IModelFolders
{
    Task<ModelFoldersView> ReadAsync(CancellationToken cancel);

    /// <summary>Compares a model's files with its list; a later reading says what was found.</summary>
    Task CheckAsync(string name, CancellationToken cancel);

    Task<RemoveOutcome> RemoveAsync(string name, CancellationToken cancel);
}
