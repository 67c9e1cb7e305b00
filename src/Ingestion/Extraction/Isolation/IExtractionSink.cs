namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>Takes what an extractor reads. A second <see cref="BeginAsync"/> means that reading starts over; what came before is void.</summary>
internal interface IExtractionSink
{
    /// <param name="metadataTitle">As the file says, unchecked; empty where it says nothing.</param>
    ValueTask BeginAsync(string metadataTitle, int pageCount, CancellationToken cancel);

    ValueTask PageAsync(ExtractedPage page, CancellationToken cancel);
}
