using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Ocr;

/// <summary>Recognises the text of a file that is a picture.</summary>
internal sealed class PictureReader(OcrProgram program, IngestionOptions options)
{
    /// <returns>Null when all pages were delivered, else why not.</returns>
    public async Task<RefusalReason?> ReadAsync(Stream picture, IExtractionSink sink, CancellationToken cancel)
    {
        if (options.Ocr == OcrEngine.Off)
        {
            return RefusalReason.OcrOff;
        }

        sink.Recognising(sink.Next.Page);
        (RefusalReason? refusal, string table) = await program.RunAsync(picture, [], TimeSpan.MaxValue, cancel);
        if (refusal is not null)
        {
            return refusal;
        }

        List<ExtractedPage> pages = TesseractTable.Read(table);
        if (pages.Count == 0)
        {
            return RefusalReason.Damaged;
        }

        if (pages.Count > options.MaxPages)
        {
            return RefusalReason.TooLarge;
        }

        await sink.BeginAsync("", pages.Count, cancel);
        foreach (ExtractedPage page in pages.Skip(sink.Next.Page - 1))
        {
            await sink.PageAsync(page, cancel);
        }

        return null;
    }
}
