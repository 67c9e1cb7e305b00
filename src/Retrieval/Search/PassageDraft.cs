using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Search;

/// <summary>What search knows of the document behind a hit.</summary>
internal sealed record SourceDocument(DocumentId Id, int Generation, string Title, string FileName, string ContentHash);

/// <summary>A hit with its stored chunk.</summary>
internal sealed record FoundChunk(
    FusedHit Hit, SourceDocument Document, int Ordinal, string Text, string? HeadingPath, string? Caption, int Start, int End, PageRange Pages, ReadOnlyMemory<float> Vector)
{
    private List<string>? terms;

    /// <summary>Of the ranking; of the fusion alone before that.</summary>
    public double Score { get; init; } = Hit.Score;

    /// <summary>Terms of what is indexed, in order.</summary>
    public IReadOnlyList<string> Terms => terms ??= Rag.Retrieval.Text.Terms.Of(string.Join('\n', Document.Title, HeadingPath, Caption, Text));

    public ChunkId Id => ChunkIds.Of(Document.Id, Document.Generation, Ordinal);
}

/// <summary>Neighbouring chunks of one document, in the order of the text: a passage in the making.</summary>
internal sealed record PassageDraft(IReadOnlyList<FoundChunk> Chunks)
{
    /// <summary>The chunk that brought the passage here; its ranks and scores are the passage's.</summary>
    public FoundChunk Best { get; } = Chunks.MaxBy(chunk => chunk.Score)!;

    public SourceDocument Document => Best.Document;

    public int Start => Chunks[0].Start;

    public int End => Chunks.Max(chunk => chunk.End);

    public PageRange Pages => new(Chunks[0].Pages.From, Chunks.Max(chunk => chunk.Pages.To));

    /// <summary>The last chunk that begins at or before an offset.</summary>
    public FoundChunk At(int offset) => Chunks.LastOrDefault(chunk => chunk.Start <= offset && offset < chunk.End) ?? Best;

    public Passage ToPassage(DocumentText text, int start, int end) => new(
        Best.Id, Document.Id, Document.Generation, Document.Title, Document.FileName, Document.ContentHash, text.Pages(start, end) ?? Pages, start, end,
        text.Slice(start, end), Best.HeadingPath ?? Chunks[0].HeadingPath,
        Best.Caption ?? Chunks.Select(chunk => chunk.Caption).FirstOrDefault(caption => caption is not null),
        Best.Hit.DenseRank, Best.Hit.DenseScore, Best.Hit.LexicalRank, Best.Hit.LexicalScore, Best.Score);
}
