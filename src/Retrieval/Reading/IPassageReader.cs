using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Reading;

/// <summary>One file of a reading, held to the generation that was live when it was planned.</summary>
/// <param name="Passages">Stored passages of that generation.</param>
public sealed record ReadingFile(DocumentId Document, int Generation, string Title, string FileName, int Passages);

/// <summary>What a reading will go through, counted before it begins.</summary>
/// <param name="Files">Searchable files of the scope, oldest first.</param>
public sealed record ReadingPlan(IReadOnlyList<ReadingFile> Files)
{
    public int Passages { get; } = Files.Sum(file => file.Passages);
}

/// <summary>A stored passage in reading order.</summary>
/// <param name="Passage">As a search gives it, without ranks; its text is the document's from Start to End, exactly.</param>
/// <param name="Ordinal">Place in its document, from 0.</param>
/// <param name="Vector">L2-normalised embedding. Counts as text: it must not leave the server.</param>
public sealed record ReadPassage(Passage Passage, int Ordinal, ReadOnlyMemory<float> Vector);

/// <summary>
/// Reads every live passage of one knowledge base from the database, whatever index is in use: file after file, each in the order of its
/// text. A file that is deleted or replaced while it is read ends there; its remaining passages are left out.
/// </summary>
public interface IPassageReader
{
    /// <param name="only">One file; null = all of them.</param>
    /// <returns>No files when there is nothing to read, or when the file is unknown or foreign.</returns>
    Task<ReadingPlan> PlanAsync(KnowledgeScope scope, DocumentId? only, CancellationToken cancel);

    IAsyncEnumerable<ReadPassage> ReadAsync(KnowledgeScope scope, ReadingPlan plan, CancellationToken cancel);
}
