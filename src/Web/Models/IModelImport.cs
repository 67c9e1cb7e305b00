using Rag.Web.Chat;

namespace Rag.Web.Models;

/// <param name="File">Path of a GGUF file.</param>
/// <param name="Name">Name of the model's folder; null: from the file.</param>
/// <param name="WeightBits">8 or 4.</param>
/// <param name="FileName">What the file is called to people: an upload has another name on the disk.</param>
public sealed record ImportOrder(string File, string? Name, int WeightBits, string FileName);

/// <param name="Stage">A short phrase: "writing layer 3 of 30".</param>
/// <param name="Total">0 while not known.</param>
public sealed record ImportStep(string Stage, long Done, long Total);

/// <param name="Name">Of the folder, as the settings take it.</param>
public sealed record ImportedFolder(string Name, string Title, long Parameters, long Bytes, int ContextTokens);

/// <summary>Turns a GGUF file into a model folder.</summary>
public interface IModelImport
{
    bool IsAvailable { get; }

    /// <exception cref="ModelException">It could not be done. The message is one sentence that a person can act on.</exception>
    Task<ImportedFolder> ImportAsync(ImportOrder order, IProgress<ImportStep> progress, CancellationToken cancel);
}
