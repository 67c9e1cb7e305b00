namespace Rag.Inference.Models;

/// <summary>What is known of the files in a model folder.</summary>
public enum ModelFiles
{
    /// <summary>All are there in the length that <c>model.json</c> states; their SHA-256 was not looked at since they last changed.</summary>
    Present,

    /// <summary>All have the SHA-256 that <c>model.json</c> states.</summary>
    Checked,

    /// <summary>Nothing states what they should be: the folder is as its exporter wrote it.</summary>
    Unlisted,

    /// <summary>One is missing or is not the one that <c>model.json</c> states, or the folder could not be read.</summary>
    Wrong,
}

/// <summary>A folder in the models folder.</summary>
/// <param name="Id">Its name, as the settings take it.</param>
/// <param name="Kind">Null where that cannot be told.</param>
/// <param name="Parameters">0 where not stated.</param>
/// <param name="Bytes">Of all files in it.</param>
/// <param name="License">Empty where not stated.</param>
/// <param name="ContextLength">Tokens read and written together; of an embedding model, read. 0 where not stated.</param>
/// <param name="Configured">The settings name it, also where an endpoint stands in for it.</param>
/// <param name="InUse">The settings name it and this process runs it.</param>
/// <param name="Note">What was read off the files of a folder without <c>model.json</c>; else null.</param>
/// <param name="Problem">Why it cannot be used, as one sentence or two; null: nothing was found.</param>
public sealed record InstalledModel(
    string Id, string Title, ModelKind? Kind, long Parameters, long Bytes, string License, string? Source, int ContextLength,
    ModelFiles Files, bool Configured, bool InUse, string? Note, string? Problem);
