using Rag.Ingestion.Extraction.Layout;
using Rag.Ingestion.Extraction.Pdf.Painting;
using UglyToad.PdfPig;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>Pages of one parse of a file, in any order, by one thread at a time.</summary>
internal sealed class PageReader(PdfDocument document, IReadOnlySet<string> layersOff) : IDisposable
{
    // PdfPig swallows it when a stream does not fit into memory, and gives a page without a letter. So much for nothing is no page; a dense one takes a tenth.
    private const long BombBytes = 160L * 1024 * 1024;

    private readonly GlyphReader glyphs = new(layersOff);

    /// <returns>The page; an empty one, said to be broken, where it cannot be read.</returns>
    /// <exception cref="PageTooLargeException">It blows up.</exception>
    public (LaidOutPage Page, bool Broken) Read(int number)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            LaidOutPage page = glyphs.Read(document.GetPage<PaintedPage>(number));
            return page.Lines.Count == 0 && GC.GetAllocatedBytesForCurrentThread() - before > BombBytes ? throw new PageTooLargeException() : (page, false);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or PageTooLargeException))
        {
            // PdfPig throws many types on broken pages. One such page must not cost the others.
            return (new LaidOutPage(number, 612, 792, []), true);
        }
    }

    public void Dispose() => document.Dispose();
}

/// <summary>A page blew up to more than the extractor may hold.</summary>
internal sealed class PageTooLargeException : Exception;
