using Rag.Ingestion.Extraction.Layout;
using Rag.Ingestion.Extraction.Pdf.Painting;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Exceptions;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>Reads a PDF page by page; only a few pages around the present one are in memory. Runs in the extractor process only.</summary>
internal sealed class PdfExtractor(byte[] file) : IDisposable
{
    // PdfPig swallows it when a stream does not fit into memory, and gives a page without a letter. So much for nothing is no page; a dense one takes a tenth.
    private const long BombBytes = 160L * 1024 * 1024;

    private readonly PdfDocument document = Open(file);

    public int PageCount => document.NumberOfPages;

    public string? Title => document.Information.Title;

    /// <summary>Pages that could not be read; they are delivered without text.</summary>
    public int BrokenPages { get; private set; }

    public IEnumerable<ExtractedPage> Pages()
    {
        var reader = new GlyphReader(OptionalContent.LayersOff(document));
        var style = new DocumentStyle();
        var composer = new PageComposer(style);
        var window = new List<LaidOutPage>();   // pages around the next one to deliver
        int read = 0, start = 0;
        for (int number = 1; number <= PageCount; number++)
        {
            while (read < Math.Min(PageCount, number + RunningLines.Window))
            {
                LaidOutPage ahead = Read(reader, ++read);
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

    public void Dispose() => document.Dispose();

    private static PdfDocument Open(byte[] given)
    {
        byte[] file = StreamLengths.Mend(given);
        // UseActualText stays off: it can differ from what the page shows.
        var options = new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true };
        try
        {
            PdfDocument document = WithPainter(PdfDocument.Open(file, options));
            if (document.NumberOfPages > 0)
            {
                return document;
            }

            document.Dispose();
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or PdfDocumentEncryptedException))
        {
            if (PdfRepair.Rebuild(file) is not { } found)
            {
                throw;
            }

            return WithPainter(PdfDocument.Open(found, options));
        }

        return WithPainter(PdfDocument.Open(PdfRepair.Rebuild(file) ?? file, options));
    }

    private static PdfDocument WithPainter(PdfDocument document)
    {
        document.AddPageFactory<PaintedPage, PaintedPageFactory>();
        return document;
    }

    private LaidOutPage Read(GlyphReader reader, int number)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            LaidOutPage page = reader.Read(document.GetPage<PaintedPage>(number));
            return page.Lines.Count == 0 && GC.GetAllocatedBytesForCurrentThread() - before > BombBytes ? throw new PageTooLargeException() : page;
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or PageTooLargeException))
        {
            // PdfPig throws many types on broken pages. One such page must not cost the others.
            BrokenPages++;
            return new LaidOutPage(number, 612, 792, []);
        }
    }
}

/// <summary>A page blew up to more than the extractor may hold.</summary>
internal sealed class PageTooLargeException : Exception;
