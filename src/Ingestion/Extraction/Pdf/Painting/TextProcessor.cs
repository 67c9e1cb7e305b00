using System.Runtime.CompilerServices;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Geometry;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Parser;
using UglyToad.PdfPig.PdfFonts;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>
/// Shows text as PdfPig does, digit for digit, but asks a font once for each of its codes, where PdfPig asks it for every
/// letter. Vertical writing is left to PdfPig.
/// </summary>
internal abstract class TextProcessor(
    int pageNumber, IResourceStore resources, IPdfTokenScanner scanner, IPageContentParser contentParser, ILookupFilterProvider filters, CropBox crop,
    UserSpaceUnit unit, PageRotationDegrees rotation, TransformationMatrix initial, ParsingOptions options, ConditionalWeakTable<IFont, FontCodes> known)
    : BaseStreamProcessor<PaintedPage>(pageNumber, resources, scanner, contentParser, filters, crop, unit, rotation, in initial, options), IOperationContext
{
    private (IFont? Font, FontCodes? Codes) last;

    /// <summary>The code that a glyph is rendered for; null where PdfPig asks the font.</summary>
    protected FontCode? Letter { get; private set; }

    /// <summary>PdfPig's own is not virtual; its operations come here by the interface, which this class implements anew.</summary>
    public new void ShowText(IInputBytes bytes)
    {
        CurrentGraphicsState state = GetCurrentState();
        IFont? font = state.FontState.FromExtendedGraphicsState ? ActiveExtendedGraphicsStateFont : ResourceStore.GetFont(state.FontState.FontName);
        if (font is null or { IsVertical: true })
        {
            base.ShowText(bytes);
            return;
        }

        TransformationMatrix at = TextMatrices.TextMatrix;
        Show(font, state, bytes, ref at);
        TextMatrices.TextMatrix = at;
    }

    public override void ShowPositionedText(IReadOnlyList<IToken> tokens) => Show(PositionedText.Of(tokens));

    public void Show(PositionedText positioned)
    {
        CurrentGraphicsState state = GetCurrentState();
        IFont? font = state.FontState.FromExtendedGraphicsState ? null : ResourceStore.GetFont(state.FontState.FontName);
        if (font is null or { IsVertical: true })
        {
            base.ShowPositionedText(positioned.Tokens());
            return;
        }

        using var codes = new CodeBytes(positioned.Codes);
        double size = state.FontState.FontSize, stretch = state.FontState.HorizontalScaling / 100.0;
        TransformationMatrix at = TextMatrices.TextMatrix;
        foreach (ref readonly TextPiece piece in positioned.Pieces)
        {
            if (piece.Length == 0)
            {
                at = at.Translate((0.0 - piece.Shift) / 1000.0 * size * stretch, 0.0);
            }
            else
            {
                codes.Over(piece.Start, piece.Length);
                Show(font, state, codes, ref at);
            }
        }

        TextMatrices.TextMatrix = at;
    }

    /// <param name="at">The text matrix; moved on.</param>
    private void Show(IFont font, CurrentGraphicsState state, IInputBytes bytes, ref TransformationMatrix at)
    {
        if (last.Font != font)
        {
            last = (font, known.GetOrCreateValue(font));
        }

        FontCodes codes = last.Codes!;
        CurrentFontState text = state.FontState;
        double size = text.FontSize, stretch = text.HorizontalScaling / 100.0, spacing = text.CharacterSpacing;
        TransformationMatrix page = state.CurrentTransformationMatrix;
        TransformationMatrix rendering = TransformationMatrix.FromValues(size * stretch, 0.0, 0.0, size, 0.0, text.Rise);
        double points = Math.Round(Height(page.Multiply(at), size), 2);
        while (bytes.MoveNext())
        {
            int code = font.ReadCharacterCode(bytes, out int length);
            FontCode letter = codes.Of(font, code);
            Letter = letter;
            RenderGlyph(font, state, size, points, code, letter.Text, bytes.CurrentOffset, in rendering, in at, in page, letter.Box);
            double blank = code == 32 && length == 1 ? text.WordSpacing : 0.0;
            at = at.Translate(((letter.Box.Width * size) + spacing + blank) * stretch, 0.0);
        }

        Letter = null;
    }

    /// <summary>Of a box of this height on the page.</summary>
    private static double Height(in TransformationMatrix matrix, double height)
    {
        (double x0, double y0) = matrix.Transform(0.0, 0.0);
        (double x1, double y1) = matrix.Transform(0.0, height);
        return Math.Sqrt(((x0 - x1) * (x0 - x1)) + ((y0 - y1) * (y0 - y1)));
    }
}

/// <param name="Text">The code itself as a character where the font maps it to nothing.</param>
internal sealed record FontCode(string Text, CharacterBoundingBox Box)
{
    /// <summary>Of a glyph drawn with operators; looked at once.</summary>
    public DrawnLook? Look { get; set; }
}

/// <summary>What a font says of its codes.</summary>
internal sealed class FontCodes
{
    private const int Most = 70_000;   // a font has no more; a broken one may find ever new codes

    private readonly FontCode?[] few = new FontCode?[256];
    private readonly Dictionary<int, FontCode> many = [];

    public FontCode Of(IFont font, int code)
    {
        if ((uint)code < (uint)few.Length)
        {
            return few[code] ??= Ask(font, code);
        }

        if (!many.TryGetValue(code, out FontCode? found))
        {
            found = Ask(font, code);
            if (many.Count < Most)
            {
                many[code] = found;
            }
        }

        return found;
    }

    private static FontCode Ask(IFont font, int code) =>
        new(font.TryGetUnicode(code, out string? text) && text is not null ? text : ((char)code).ToString(), font.GetBoundingBox(code));
}
