using Rag.Ingestion.Extraction.Layout;
using UglyToad.PdfPig;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>Reads a PDF page by page; only a few pages around the present one are in memory. Runs in the extractor process only.</summary>
internal sealed class PdfExtractor(byte[] file) : IDisposable
{
    // UseActualText stays off: it can differ from what the page shows.
    private readonly PdfDocument document = PdfDocument.Open(file, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });

    public int PageCount => document.NumberOfPages;

    public string? Title => document.Information.Title;

    /// <summary>Pages that could not be read; they are delivered without text.</summary>
    public int BrokenPages { get; private set; }

    public IEnumerable<ExtractedPage> Pages()
    {
        var reader = new GlyphReader();
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

    private LaidOutPage Read(GlyphReader reader, int number)
    {
        try
        {
            return reader.Read(document.GetPage(number));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // PdfPig throws many types on broken pages. One such page must not cost the others.
            BrokenPages++;
            return new LaidOutPage(number, 612, 792, []);
        }
    }
}
