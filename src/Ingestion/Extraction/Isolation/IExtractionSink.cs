namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>Takes what an extractor reads, page after page. A file that is begun again goes on where the sink is.</summary>
internal interface IExtractionSink
{
    /// <summary>The page to deliver next, from 1, and where it starts in the document's text (UTF-16).</summary>
    (int Page, int Start) Next { get; }

    /// <summary>Once for each process that reads the file; a second one must find the same.</summary>
    /// <param name="metadataTitle">As the file says, unchecked; empty where it says nothing.</param>
    /// <exception cref="InvalidDataException">The file is not the one that was begun.</exception>
    ValueTask BeginAsync(string metadataTitle, int pageCount, CancellationToken cancel);

    /// <summary>Said before the words of a scanned page are looked for, for each of its pictures. It may come without <see cref="BeginAsync"/>: how many pages a picture file has is known at the end.</summary>
    void Recognising(int page);

    ValueTask PageAsync(ExtractedPage page, CancellationToken cancel);
}
