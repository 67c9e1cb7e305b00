using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Colors;
using UglyToad.PdfPig.PdfFonts;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>What the glyphs of a page have in common: one object for all that are painted alike one after the other.</summary>
internal sealed class GlyphStyles(Paints paints)
{
    private GlyphStyle? last;
    private (IColor? Fill, IColor? Stroke, TextRenderingMode Mode) lastInk;   // what it was made of

    /// <param name="own">Colour that a drawn glyph brings with it.</param>
    /// <param name="order">Areas painted before.</param>
    public GlyphStyle Of(IFont font, double size, CurrentGraphicsState state, (double, double, double)? own, int order, LayerRule? layer)
    {
        TextRenderingMode mode = state.FontState.TextRenderingMode;
        bool sameInk = own is null && ReferenceEquals(state.CurrentNonStrokingColor, lastInk.Fill) && ReferenceEquals(state.CurrentStrokingColor, lastInk.Stroke) && mode == lastInk.Mode;
        if (last is not null && sameInk && last.Font == font && last.Size == size && last.Order == order && last.Layer == layer && last.Blend == state.BlendMode)
        {
            return last;
        }

        Ink ink = own is null ? InkOf(state, mode) : new Ink(own, null);
        lastInk = own is null ? (state.CurrentNonStrokingColor, state.CurrentStrokingColor, mode) : (null, null, (TextRenderingMode)(-1));
        if (last is null || last.Font != font || last.Size != size || last.Order != order || last.Layer != layer || last.Ink != ink || last.Blend != state.BlendMode)
        {
            last = new GlyphStyle(font, size, ink, order, layer, state.BlendMode);
        }

        return last;
    }

    private Ink InkOf(CurrentGraphicsState state, TextRenderingMode mode) => mode switch
    {
        TextRenderingMode.Stroke or TextRenderingMode.StrokeClip => new Ink(null, paints.StrokeOf(state)),
        TextRenderingMode.FillThenStroke or TextRenderingMode.FillThenStrokeClip => new Ink(paints.FillOf(state), paints.StrokeOf(state)),
        _ => new Ink(paints.FillOf(state), null),
    };
}
