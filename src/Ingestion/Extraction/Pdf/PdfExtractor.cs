using Rag.Ingestion.Extraction.Layout;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Ingestion.Extraction.Pdf.Painting;
using Rag.Ingestion.Extraction.Pdf.Scans;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Exceptions;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>Reads a PDF page by page; only a few pages around the present one are in memory. Runs in the extractor process only.</summary>
internal sealed class PdfExtractor : IDisposable
{
    // UseActualText stays off: it can differ from what the page shows.
    private static readonly ParsingOptions Lenient = new() { UseLenientParsing = true, SkipMissingFonts = true };

    private readonly PagesAhead pages;
    private readonly Func<ScanReader> openScans;
    private ScanReader? scans;   // a parse of its own, only where it is asked for

    public PdfExtractor(byte[] file)
    {
        (PdfDocument document, byte[] readable) = Open(file);
        (PageCount, Title) = (document.NumberOfPages, document.Information.Title);
        IReadOnlySet<string> layersOff = OptionalContent.LayersOff(document);
        openScans = () => new ScanReader(Parse(readable));
        pages = new PagesAhead(new PageReader(document, layersOff), () => new PageReader(Parse(readable), layersOff), PageCount);
    }

    public int PageCount { get; }

    public string? Title { get; }

    /// <summary>Pages that could not be read; they are delivered without text.</summary>
    public int BrokenPages { get; private set; }

    /// <summary>Once only.</summary>
    public IEnumerable<ExtractedPage> Pages()
    {
        var style = new DocumentStyle();
        var composer = new PageComposer(style);
        var window = new List<LaidOutPage>();   // pages around the next one to deliver
        int read = 0, start = 0;
        for (int number = 1; number <= PageCount; number++)
        {
            for (; read < Math.Min(PageCount, number + RunningLines.Window); read++)
            {
                (LaidOutPage ahead, bool broken) = pages.Next();
                BrokenPages += broken ? 1 : 0;
                style.Learn(ahead.Lines);
                window.Add(ahead);
            }

            LaidOutPage page = window.First(candidate => candidate.Number == number);
            RunningLines.Drop(page, window.FindAll(other => other.Number != number));
            ExtractedPage extracted = composer.Compose(page, start);
            start += extracted.Text.Text.Length;
            yield return extracted;
            window.RemoveAll(old => old.Number <= number - RunningLines.Window);
        }
    }

    /// <summary>Hands out the pictures of a scanned page.</summary>
    /// <returns>Why the page, or a part of it, could not be handed out.</returns>
    public ScanTrouble Pictures(int number, Action<ScanPicture> send) => (scans ??= openScans()).Read(number, send);

    public void Dispose()
    {
        pages.Dispose();
        scans?.Dispose();
    }

    /// <returns>The document, and the bytes it came from in the end.</returns>
    private static (PdfDocument Document, byte[] Readable) Open(byte[] given)
    {
        byte[] file = StreamLengths.Mend(given);
        try
        {
            PdfDocument document = Parse(file);
            if (document.NumberOfPages > 0)
            {
                return (document, file);
            }

            document.Dispose();
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or PdfDocumentEncryptedException))
        {
            if (PdfRepair.Rebuild(file) is not { } found)
            {
                throw;
            }

            return (Parse(found), found);
        }

        byte[] rebuilt = PdfRepair.Rebuild(file) ?? file;
        return (Parse(rebuilt), rebuilt);
    }

    private static PdfDocument Parse(byte[] file)
    {
        PdfDocument document = PdfDocument.Open(file, Lenient);
        document.AddPageFactory<PaintedPage, PaintedPageFactory>();
        return document;
    }
}
