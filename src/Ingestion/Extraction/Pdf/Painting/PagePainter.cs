using System.Runtime.CompilerServices;
using System.Text;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Geometry;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Colors;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Parser;
using UglyToad.PdfPig.PdfFonts;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;
using UglyToad.PdfPig.XObjects;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>
/// Runs a page's content and keeps what decides whether a letter can be seen: order, colour, transparency, clip, what is painted over it. PdfPig's own
/// letters carry none of the last three; this pass replaces them.
/// </summary>
internal sealed class PagePainter(
    int pageNumber, IResourceStore resources, IPdfTokenScanner scanner, IPageContentParser contentParser, ILookupFilterProvider filters, CropBox crop,
    UserSpaceUnit unit, PageRotationDegrees rotation, TransformationMatrix initial, ParsingOptions options, ConditionalWeakTable<IFont, FontCodes> known)
    : TextProcessor(pageNumber, resources, scanner, contentParser, filters, crop, unit, rotation, initial, options, known)
{
    private readonly List<PaintedGlyph> glyphs = [];
    private readonly PaintedAreas areas = new();
    private readonly List<PaintedPicture> pictures = [];
    private readonly ShapeTracker shape = new();
    private readonly Stack<Box> clips = new([Box.Everything]);
    private readonly MarkedContent marks = new();
    private readonly (double Width, double Height) displayed = rotation.SwapsAxis ? (crop.Bounds.Height, crop.Bounds.Width) : (crop.Bounds.Width, crop.Bounds.Height);
    private GlyphStyle? style;   // of the last glyph
    private bool clipNext;

    private bool AreLayersOff => marks.Layer is not null;

    public override PaintedPage Process(int pageNumberCurrent, IReadOnlyList<IGraphicsStateOperation> operations)
    {
        PageNumber = pageNumberCurrent;
        CloneAllStates();
        ProcessOperations(operations);
        return new PaintedPage(pageNumberCurrent, displayed.Width, displayed.Height, glyphs, areas.All, marks.Replacements) { Pictures = pictures };
    }

    public override void RenderGlyph(
        IFont font, CurrentGraphicsState currentState, double fontSize, double pointSize, int code, string unicode, long currentOffset,
        in TransformationMatrix renderingMatrix, in TransformationMatrix textMatrix, in TransformationMatrix transformationMatrix, CharacterBoundingBox characterBoundingBox)
    {
        marks.Paint(unicode);
        if (currentOffset > 0 && glyphs.Count > 0 && unicode is [>= '\u0300' and <= '\u036F'])
        {
            glyphs[^1] = glyphs[^1] with { Text = (glyphs[^1].Text + unicode).Normalize(NormalizationForm.FormC) };   // an accent over the letter before
            return;
        }

        PdfRectangle em = PerformantRectangleTransformer.Transform(
            renderingMatrix, textMatrix, transformationMatrix, new PdfRectangle(0, 0, characterBoundingBox.Width, UserSpaceUnit.PointMultiples));
        Box box = Box.Around(em);
        double x = em.TopLeft.X - em.BottomLeft.X, y = em.TopLeft.Y - em.BottomLeft.Y;
        marks.Stand(box);
        glyphs.Add(new PaintedGlyph(unicode, em.BottomLeft, em.BottomRight, box, Math.Sqrt((x * x) + (y * y)), SeenOf(currentState, box), StyleOf(font, pointSize, currentState)));
    }

    public override void PushState()
    {
        base.PushState();
        clips.Push(clips.Peek());
    }

    public override void PopState()
    {
        base.PopState();
        if (clips.Count > 1)
        {
            clips.Pop();
        }
    }

    public override void BeginSubpath() => shape.BeginSubpath();

    public override PdfPoint? CloseSubpath() => shape.CloseSubpath();

    public override void MoveTo(double x, double y)
    {
        shape.BeginSubpath();
        CurrentPosition = shape.Move(Transform(x, y));
    }

    public override void LineTo(double x, double y) => CurrentPosition = shape.Line(Transform(x, y));

    public override void BezierCurveTo(double x2, double y2, double x3, double y3)
    {
        shape.Curve(Transform(x2, y2));
        CurrentPosition = shape.Curve(Transform(x3, y3));
    }

    public override void BezierCurveTo(double x1, double y1, double x2, double y2, double x3, double y3)
    {
        shape.Curve(Transform(x1, y1));
        shape.Curve(Transform(x2, y2));
        CurrentPosition = shape.Curve(Transform(x3, y3));
    }

    public override void Rectangle(double x, double y, double width, double height) =>
        shape.Rectangle([Transform(x, y), Transform(x + width, y), Transform(x + width, y + height), Transform(x, y + height)]);

    public override void StrokePath(bool close) => EndPath();

    public override void FillPath(FillingRule fillingRule, bool close)
    {
        if (shape.Take() is { } filled && !AreLayersOff)
        {
            CurrentGraphicsState state = GetCurrentState();
            areas.Fill(filled.Box.And(clips.Peek()), ColourOf(state.CurrentNonStrokingColor), filled.IsBox, IsOpaque(state));
        }

        ClipBy(shape.Last);
    }

    public override void FillStrokePath(FillingRule fillingRule, bool close) => FillPath(fillingRule, close);

    public override void EndPath()
    {
        shape.Take();
        ClipBy(shape.Last);
    }

    public override void ClosePath() => EndPath();

    /// <summary>Takes effect when the path is painted or ended, as the specification says.</summary>
    public override void ModifyClippingIntersect(FillingRule clippingRule) => clipNext = true;

    public override void PaintShading(NameToken shading) => areas.Picture(clips.Peek(), opaque: false);

    public override void BeginMarkedContent(NameToken name, NameToken? propertyDictionaryName, DictionaryToken? properties)
    {
        DictionaryToken? facts = properties ?? (propertyDictionaryName is null ? null : ResourceStore.GetMarkedContentPropertiesDictionary(propertyDictionaryName));
        marks.Begin(name.Data, facts, PdfScanner);
    }

    public override void EndMarkedContent() => marks.End();

    protected override void ClipToRectangle(PdfRectangle rectangle, FillingRule clippingRule)
    {
        clips.Pop();   // of a form: pushed by its state, and gone with it
        Box form = Box.Around([Transform(rectangle.BottomLeft.X, rectangle.BottomLeft.Y), Transform(rectangle.BottomRight.X, rectangle.BottomRight.Y),
            Transform(rectangle.TopLeft.X, rectangle.TopLeft.Y), Transform(rectangle.TopRight.X, rectangle.TopRight.Y)]);
        clips.Push(clips.Count == 0 ? form : form.And(clips.Peek()));
    }

    protected override void RenderXObjectImage(XObjectContentRecord xObjectContentRecord)
    {
        DictionaryToken facts = xObjectContentRecord.Stream.StreamDictionary;
        bool seeThrough = facts.ContainsKey(NameToken.Smask) || facts.ContainsKey(NameToken.Mask) || facts.ContainsKey(NameToken.ImageMask);
        if (!AreLayersOff)
        {
            TransformationMatrix place = xObjectContentRecord.AppliedTransformation;
            areas.Picture(UnitSquare(place).And(clips.Peek()), !seeThrough && IsOpaque(GetCurrentState()));
            Keep(() => XObjectFactory.ReadImage(xObjectContentRecord, PdfScanner, FilterProvider, ResourceStore), new PictureCorners(
                place.Transform(new PdfPoint(0, 1)), place.Transform(new PdfPoint(1, 1)), place.Transform(new PdfPoint(0, 0))), facts.ContainsKey(NameToken.ImageMask));
        }
    }

    protected override void RenderInlineImage(InlineImage inlineImage)
    {
        PdfRectangle place = inlineImage.BoundingBox;
        areas.Picture(Box.Around(place).And(clips.Peek()), !inlineImage.IsImageMask && IsOpaque(GetCurrentState()));
        if (!AreLayersOff)
        {
            Keep(() => inlineImage, new PictureCorners(place.TopLeft, place.TopRight, place.BottomLeft), inlineImage.IsImageMask);
        }
    }

    protected override void ProcessFormXObject(StreamToken formStream, NameToken xObjectName)
    {
        bool layered = marks.BeginForm(formStream.StreamDictionary, PdfScanner);
        base.ProcessFormXObject(formStream, xObjectName);
        if (layered)
        {
            marks.End();
        }
    }

    /// <summary>A picture that can be seen, for those who look into pictures.</summary>
    private void Keep(Func<IPdfImage> open, PictureCorners corners, bool stencil)
    {
        const double leastAlpha = 0.03;
        CurrentGraphicsState state = GetCurrentState();
        bool pale = stencil && ColourOf(state.CurrentNonStrokingColor) is { } ink && ink is (> 0.7, > 0.7, > 0.7);
        if (pictures.Count < PaintedPicture.Most && state.AlphaConstantNonStroking >= leastAlpha && !pale)
        {
            pictures.Add(new PaintedPicture(open, corners, clips.Peek(), areas.Count, stencil));
        }
    }

    private static Box UnitSquare(TransformationMatrix matrix) =>
        Box.Around([matrix.Transform(new PdfPoint(0, 0)), matrix.Transform(new PdfPoint(1, 0)), matrix.Transform(new PdfPoint(0, 1)), matrix.Transform(new PdfPoint(1, 1))]);

    private static bool IsOpaque(CurrentGraphicsState state) =>
        state.AlphaConstantNonStroking > 0.99 && state.SoftMask is null && state.BlendMode == UglyToad.PdfPig.Graphics.Core.BlendMode.Normal;

    private static (double, double, double)? ColourOf(IColor? colour)
    {
        if (colour is null)
        {
            return (0, 0, 0);
        }

        return colour is PatternColor ? null : colour.ToRGBValues();
    }

    private static Ink InkOf(CurrentGraphicsState state) => state.FontState.TextRenderingMode switch
    {
        TextRenderingMode.Stroke or TextRenderingMode.StrokeClip => new Ink(null, ColourOf(state.CurrentStrokingColor)),
        TextRenderingMode.FillThenStroke or TextRenderingMode.FillThenStrokeClip => new Ink(ColourOf(state.CurrentNonStrokingColor), ColourOf(state.CurrentStrokingColor)),
        _ => new Ink(ColourOf(state.CurrentNonStrokingColor), null),
    };

    private GlyphStyle StyleOf(IFont font, double size, CurrentGraphicsState state)
    {
        Ink ink = InkOf(state);
        if (style is null || style.Font != font || style.Size != size || style.Order != areas.Count || style.Layer != marks.Layer || style.Ink != ink)
        {
            style = new GlyphStyle(font, size, ink, areas.Count, marks.Layer);
        }

        return style;
    }

    private PdfPoint Transform(double x, double y) => CurrentTransformationMatrix.Transform(new PdfPoint(x, y));

    private Seen SeenOf(CurrentGraphicsState state, Box box)
    {
        const double leastAlpha = 0.03;
        TextRenderingMode mode = state.FontState.TextRenderingMode;
        Box clip = clips.Peek();
        return mode is TextRenderingMode.Neither or TextRenderingMode.NeitherClip ? Seen.NoInk
            : (mode is TextRenderingMode.Stroke or TextRenderingMode.StrokeClip ? state.AlphaConstantStroking : state.AlphaConstantNonStroking) < leastAlpha ? Seen.Transparent
            : clip.IsEmpty || !clip.Holds((box.Left + box.Right) / 2, (box.Bottom * 0.7) + (box.Top * 0.3), slack: 1) ? Seen.Clipped
            : Seen.Yes;
    }

    private void ClipBy(Box? path)
    {
        if (clipNext && path is { } box)
        {
            Box smaller = clips.Pop().And(box);
            clips.Push(smaller);
        }

        clipNext = false;
    }
}
