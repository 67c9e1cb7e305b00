using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>A piece of a document as it is stored and searched.</summary>
/// <param name="Text">The document's text from <paramref name="Start"/> to <paramref name="End"/> (UTF-16, end excluded), exactly.</param>
/// <param name="HeadingPath">Headings above it, outermost first, parted by " › "; null where there are none.</param>
/// <param name="Caption">For table rows: caption and header of their table; else null. Never part of <paramref name="Text"/>.</param>
public sealed record ChunkDraft(int Ordinal, string Text, string? HeadingPath, string? Caption, int Start, int End, PageRange Pages)
{
    /// <summary>What is embedded and indexed lexically: title, headings and caption in front of the text.</summary>
    public string IndexedText(string title) =>
        string.Join('\n', new[] { title, HeadingPath, Caption, Text }.Where(part => !string.IsNullOrWhiteSpace(part)));
}

/// <param name="Vector">L2-normalised passage embedding of <see cref="ChunkDraft.IndexedText"/>.</param>
public sealed record EmbeddedChunk(ChunkDraft Chunk, ReadOnlyMemory<float> Vector);

/// <summary>What is known of a file once it is read.</summary>
public sealed record DocumentFacts(string Title, int PageCount, int ChunkCount, IReadOnlyList<int> PagesWithoutText)
{
    /// <summary>Those of <see cref="PagesWithoutText"/> that a picture covers.</summary>
    public IReadOnlyList<int> ScannedPages { get; init; } = [];

    /// <summary>Scanned pages whose text was recognised (OCR); they are not among <see cref="ScannedPages"/>.</summary>
    public IReadOnlyList<int> RecognisedPages { get; init; } = [];

    /// <summary>Those of <see cref="RecognisedPages"/> that were hard to recognise, or not recognised whole.</summary>
    public IReadOnlyList<int> UnsurePages { get; init; } = [];

    /// <summary>Scanned pages that could not be recognised. Empty where nothing recognises scans.</summary>
    public IReadOnlyList<UnreadScans> UnreadScans { get; init; } = [];

    public int TableCount { get; init; }

    /// <summary>Pieces of text that a person does not see, all pages.</summary>
    public int HiddenSpans { get; init; }

    /// <summary>Two-letter code of the language most of the text is in; null when it could not be told.</summary>
    public string? Language { get; init; }
}

/// <param name="Why">Ends the sentence "Page 3 is a scan that could not be read: …".</param>
public sealed record UnreadScans(string Why, IReadOnlyList<int> Pages);

/// <summary>
/// Writes one generation of a document: pages, then chunks, then the switch. Every write is guarded by the lease's fencing number and
/// repeats harmlessly. A new generation is invisible to search until <see cref="PublishAsync"/>.
/// </summary>
public interface IIndexWriter
{
    Task<LeaseState> SavePagesAsync(JobLease lease, IReadOnlyList<PageText> pages, CancellationToken cancel);

    /// <summary>Pages that an earlier attempt at this generation stored, from the first on without a gap, findings and structure included.</summary>
    IAsyncEnumerable<PageText> StoredPagesAsync(JobLease lease, CancellationToken cancel);

    /// <returns>Ordinals of those that an earlier attempt stored exactly so, embedded by the present model.</returns>
    Task<IReadOnlySet<int>> StoredChunksAsync(JobLease lease, string title, IReadOnlyList<ChunkDraft> chunks, CancellationToken cancel);

    Task<LeaseState> SaveChunksAsync(JobLease lease, string title, IReadOnlyList<EmbeddedChunk> chunks, CancellationToken cancel);

    /// <summary>
    /// In one transaction: the new generation goes live, the document becomes Ready (or ReadyWithWarnings with a sentence), the job ends,
    /// and the deletion of the old generation is put in the outbox.
    /// </summary>
    Task<LeaseState> PublishAsync(JobLease lease, DocumentFacts facts, CancellationToken cancel);
}
