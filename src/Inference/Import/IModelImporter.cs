namespace Rag.Inference.Import;

/// <summary>Turns a GGUF file (llama.cpp's format) into a model folder that this library runs.</summary>
public interface IModelImporter
{
    /// <summary>
    /// Reads the file, writes the folder under a temporary name in the models folder and renames it at the end: an import that fails or is cancelled leaves nothing.
    /// Needs memory for one row of weights and the scales of one matrix, not for the model. Before its name, the model is opened once and reads a few tokens, with its weights left on the disk.
    /// </summary>
    /// <exception cref="InferenceException">
    /// InvalidOption: the name or the bits; a model of that name is there; the file is damaged or of a kind that is not known, or what came of it does not run. Unavailable: a file or
    /// folder cannot be read or written, or the disk has too little room. The message is a sentence or two that say what to do.
    /// </exception>
    Task<ImportedModel> ImportAsync(ModelImportRequest request, IProgress<ModelImportProgress>? progress, CancellationToken cancel);
}

/// <param name="File">Path of the <c>.gguf</c> file.</param>
/// <param name="Name">Name of the new model's folder; null: from the name that the file states, made safe.</param>
/// <param name="WeightBits">Bits of a weight: 8 or 4.</param>
/// <param name="FileName">What the file is called to people, where <paramref name="File"/> is a temporary name; null: as that says.</param>
public sealed record ModelImportRequest(string File, string? Name = null, int WeightBits = 8, string? FileName = null)
{
    internal string ShownName => FileName ?? Path.GetFileName(File);
}

/// <param name="Stage">What is being done, as a short phrase: "writing layer 3 of 30".</param>
/// <param name="Done">Bytes of the file's weights that were turned.</param>
/// <param name="Total">Bytes of all its weights; 0 while not known.</param>
public sealed record ModelImportProgress(string Stage, long Done, long Total);

/// <param name="Id">Name of the folder, as the settings take it.</param>
/// <param name="Folder">Its full path.</param>
/// <param name="Architecture">As the file says: <c>llama</c>, <c>qwen2</c>, <c>qwen3</c>.</param>
/// <param name="Bytes">Of all files in the folder.</param>
/// <param name="ContextLength">Tokens of prompt and answer together that are used.</param>
public sealed record ImportedModel(string Id, string Folder, string Title, string Architecture, long Parameters, long Bytes, int ContextLength);
