using System.Runtime.CompilerServices;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Geometry;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Outline.Destinations;
using UglyToad.PdfPig.Parser;
using UglyToad.PdfPig.PdfFonts;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Lets PdfPig build our pages instead of its own. Made by PdfPig itself, so it takes what that gives.</summary>
internal sealed class PaintedPageFactory(
    IPdfTokenScanner pdfScanner, IResourceStore resourceStore, ILookupFilterProvider filterProvider, IPageContentParser pageContentParser, ParsingOptions parsingOptions)
    : BasePageFactory<PaintedPage>(pdfScanner, resourceStore, filterProvider, new ContentReader(pageContentParser), parsingOptions)
{
    private const int MostKept = 50_000;

    private readonly List<PaintedGlyph> glyphs = [];   // of the page at hand
    private readonly ConditionalWeakTable<IFont, FontCodes> known = [];   // of this parse of the file; PdfPig may load a font anew

    protected override PaintedPage ProcessPage(
        int pageNumber, DictionaryToken dictionary, NamedDestinations namedDestinations, MediaBox mediaBox, CropBox cropBox, UserSpaceUnit userSpaceUnit,
        PageRotationDegrees rotation, TransformationMatrix initialMatrix, IReadOnlyList<IGraphicsStateOperation> operations)
    {
        glyphs.Clear();
        glyphs.Capacity = Math.Min(glyphs.Capacity, MostKept);
        return new PagePainter(pageNumber, ResourceStore, PdfScanner, PageContentParser, FilterProvider, cropBox, userSpaceUnit, rotation, initialMatrix, ParsingOptions, known, glyphs) { Page = dictionary }
            .Process(pageNumber, operations);
    }
}
