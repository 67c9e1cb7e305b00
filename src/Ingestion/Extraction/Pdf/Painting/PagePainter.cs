using System.Runtime.CompilerServices;
using System.Text;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Geometry;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Colors;
using UglyToad.PdfPig.Graphics.Core;
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
    UserSpaceUnit unit, PageRotationDegrees rotation, TransformationMatrix initial, ParsingOptions options, ConditionalWeakTable<IFont, FontCodes> known, List<PaintedGlyph> glyphs)
    : TextProcessor(pageNumber, resources, scanner, contentParser, filters, crop, unit, rotation, initial, options, known)
{
    private readonly PaintedAreas areas = new();
    private readonly List<PaintedPicture> pictures = [];
    private readonly ShapeTracker shape = new();
    private readonly Stack<Clip> clips = new([Clip.None]);
    private readonly List<int> clipLetters = [];   // of the text object at hand, that will clip
    private readonly MarkedContent marks = new();
    private readonly (double Width, double Height) displayed = rotation.SwapsAxis ? (crop.Bounds.Height, crop.Bounds.Width) : (crop.Bounds.Width, crop.Bounds.Height);
    private readonly Paints paints = new(stream => SmallContent.Read(stream, (contentParser as ContentReader)?.Usual ?? contentParser, filters, scanner, options.Logger), resources);
    private GlyphStyles? styles;
    private FillingRule? clipNext;
    private bool unseen, veiled;   // of the groups around: nothing of them is seen; something shows through
    private bool stamping;

    /// <summary>The page's dictionary, for what is painted over it.</summary>
    public required DictionaryToken Page { get; init; }

    public override PaintedPage Process(int pageNumberCurrent, IReadOnlyList<IGraphicsStateOperation> operations)
    {
        PageNumber = pageNumberCurrent;
        Stack<CurrentGraphicsState> start = CloneAllStates();
        ProcessOperations(operations);
        PaintStamps(start);
        return new PaintedPage(pageNumberCurrent, displayed.Width, displayed.Height, glyphs, areas.All, marks.Replacements) { Pictures = pictures };
    }

    protected override void ProcessOperations(IReadOnlyList<IGraphicsStateOperation> operations)
    {
        foreach (IGraphicsStateOperation operation in operations)
        {
            if (operation is not (SetStrokeColorSpace or SetNonStrokeColorSpace) || !ColourNames.Set(operation, ResourceStore, GetCurrentState().ColorSpaceContext))
            {
                operation.Run(this);
            }
        }
    }

    public override void RenderGlyph(
        IFont font, CurrentGraphicsState currentState, double fontSize, double pointSize, int code, string unicode, long currentOffset,
        in TransformationMatrix renderingMatrix, in TransformationMatrix textMatrix, in TransformationMatrix transformationMatrix, CharacterBoundingBox characterBoundingBox)
    {
        if (stamping)
        {
            return;   // read from the page alone
        }

        marks.Paint(unicode);
        if (currentOffset > 0 && glyphs.Count > 0 && unicode is [>= '\u0300' and <= '\u036F'])
        {
            glyphs[^1] = glyphs[^1] with { Text = (glyphs[^1].Text + unicode).Normalize(NormalizationForm.FormC) };   // an accent over the letter before
            return;
        }

        Em em = Em.Of(in renderingMatrix, in textMatrix, in transformationMatrix, characterBoundingBox.Width, UserSpaceUnit.PointMultiples);
        marks.Stand(em.Box);
        DrawnLook look = font is IType3Font drawn && Letter is { } letter ? letter.Look ??= paints.LookOf(drawn, code, unicode) : DrawnLook.Usual;
        Seen seen = look.IsBlank ? Seen.NoInk : SeenOf(currentState, em.Box);
        GlyphStyle style = (styles ??= new GlyphStyles(paints)).Of(font, pointSize, currentState, look.Ink, areas.Count, marks.Layer);
        glyphs.Add(new PaintedGlyph(look.Shows ?? unicode, em.Start, em.End, em.Box, em.Size * look.Scale, seen, style) { Claimed = look.Shows is null ? null : unicode });
        if (currentState.FontState.TextRenderingMode >= TextRenderingMode.FillClip)
        {
            clipLetters.Add(glyphs.Count - 1);
        }
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

    public override void BeginText()
    {
        base.BeginText();
        clipLetters.Clear();
    }

    public override void EndText()
    {
        base.EndText();
        if (clipLetters.Count > 0)
        {
            Box box = Box.Around([.. clipLetters.SelectMany(i => (PdfPoint[])[new(glyphs[i].Box.Left, glyphs[i].Box.Bottom), new(glyphs[i].Box.Right, glyphs[i].Box.Top)])]);
            Clip before = clips.Pop();
            clips.Push(before with { Box = before.Box.And(box.Grown(1, 3)), IsExact = false, Letters = [.. clipLetters] });
            clipLetters.Clear();
        }
    }

    public override void StrokePath(bool close)
    {
        Paint(Lines(close));
        EndPath();
    }

    public override void FillPath(FillingRule fillingRule, bool close)
    {
        Fill(fillingRule);
        ClipBy();
    }

    public override void FillStrokePath(FillingRule fillingRule, bool close)
    {
        IReadOnlyList<(Box, bool)> lines = Lines(close);
        Fill(fillingRule);
        Paint(lines);
        ClipBy();
    }

    public override void EndPath()
    {
        shape.Take(clipNext == FillingRule.EvenOdd);
        ClipBy();
    }

    public override void ClosePath() => EndPath();

    /// <summary>Takes effect when the path is painted or ended, as the specification says.</summary>
    public override void ModifyClippingIntersect(FillingRule clippingRule) => clipNext = clippingRule;

    public override void PaintShading(NameToken shading)
    {
        CurrentGraphicsState state = GetCurrentState();
        bool all = false;
        (double, double, double)? colour = null;
        try
        {
            Shading painted = ResourceStore.GetShading(shading);
            all = Paints.FillsAll(painted);
            colour = all ? Paints.Of(painted) : null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // a broken one, or a kind that PdfPig does not know
        }

        Paint(Box.Everything, all, colour, state.AlphaConstantNonStroking);
    }

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
        clips.Push((clips.Count == 0 ? Clip.None : clips.Peek()).And(new Shape(form, IsBox: true, Hole: null)));
    }

    protected override void RenderXObjectImage(XObjectContentRecord xObjectContentRecord)
    {
        DictionaryToken facts = xObjectContentRecord.Stream.StreamDictionary;
        bool seeThrough = facts.ContainsKey(NameToken.Smask) || facts.ContainsKey(NameToken.Mask) || facts.ContainsKey(NameToken.ImageMask);
        TransformationMatrix place = xObjectContentRecord.AppliedTransformation;
        Show(UnitSquare(place), () => XObjectFactory.ReadImage(xObjectContentRecord, PdfScanner, FilterProvider, ResourceStore), new PictureCorners(
            place.Transform(new PdfPoint(0, 1)), place.Transform(new PdfPoint(1, 1)), place.Transform(new PdfPoint(0, 0))), seeThrough, facts.ContainsKey(NameToken.ImageMask));
    }

    protected override void RenderInlineImage(InlineImage inlineImage)
    {
        PdfRectangle place = inlineImage.BoundingBox;
        Show(Box.Around(place), () => inlineImage, new PictureCorners(place.TopLeft, place.TopRight, place.BottomLeft), inlineImage.IsImageMask, inlineImage.IsImageMask);
    }

    protected override void ProcessFormXObject(StreamToken formStream, NameToken xObjectName)
    {
        (bool unseenBefore, bool veiledBefore) = (unseen, veiled);
        bool layered = marks.BeginForm(formStream.StreamDictionary, PdfScanner);
        if (formStream.StreamDictionary.ContainsKey(NameToken.Group))
        {
            // Within a group the state begins anew; what it was counts for all that the group paints.
            CurrentGraphicsState state = GetCurrentState();
            unseen = IsUnseen(state, state.AlphaConstantNonStroking);
            veiled = !IsOpaque(state, state.AlphaConstantNonStroking);
        }

        try
        {
            base.ProcessFormXObject(formStream, xObjectName);
        }
        finally
        {
            (unseen, veiled) = (unseenBefore, veiledBefore);
            if (layered)
            {
                marks.End();
            }
        }
    }

    private void PaintStamps(Stack<CurrentGraphicsState> start)
    {
        marks.EndAll();
        stamping = true;
        foreach ((StreamToken appearance, TransformationMatrix place) in Stamps.Of(Page, PdfScanner))
        {
            clips.Clear();
            clips.Push(Clip.None);
            GraphicsStack = new Stack<CurrentGraphicsState>([start.Peek().DeepClone()]);
            ModifyCurrentTransformationMatrix(place);
            ProcessFormXObject(appearance, NameToken.Create("Stamp"));
        }
    }

    private void Fill(FillingRule rule)
    {
        if (shape.Take(rule == FillingRule.EvenOdd || clipNext == FillingRule.EvenOdd) is { } filled)
        {
            CurrentGraphicsState state = GetCurrentState();
            Paint(filled.Box, filled.IsBox, paints.FillOf(state), state.AlphaConstantNonStroking);
        }
    }

    /// <summary>Boxes along the path, where its line is thick.</summary>
    private IReadOnlyList<(Box Box, bool IsBox)> Lines(bool close)
    {
        CurrentGraphicsState state = GetCurrentState();
        TransformationMatrix matrix = state.CurrentTransformationMatrix;
        double width = state.LineWidth * Math.Sqrt(Math.Abs((matrix.A * matrix.D) - (matrix.B * matrix.C)));
        if (width < PaintedAreas.SmallestSide)
        {
            return [];
        }

        if (close)
        {
            shape.CloseSubpath();
        }

        return shape.Lines(width, state.CapStyle == LineCapStyle.ProjectingSquare);
    }

    private void Paint(IReadOnlyList<(Box Box, bool IsBox)> lines)
    {
        CurrentGraphicsState state = GetCurrentState();
        foreach ((Box box, bool isBox) in lines)
        {
            Paint(box, isBox && state.LineDashPattern.Array.Count == 0, paints.StrokeOf(state), state.AlphaConstantStroking);
        }
    }

    private void Paint(Box box, bool isBox, (double, double, double)? colour, double alpha)
    {
        CurrentGraphicsState state = GetCurrentState();
        Clip clip = clips.Peek();
        if (IsUnseen(state, alpha))
        {
            return;
        }

        if (clip.Letters is { } letters)
        {
            ShineThrough(letters, box, colour);
            return;
        }

        areas.Fill(box.And(clip.Box), colour, isBox && clip is { IsExact: true, Hole: null }, IsOpaque(state, alpha), marks.Layer);
    }

    /// <summary>Letters that are a clip are seen in what is painted through them.</summary>
    private void ShineThrough(IReadOnlyList<int> letters, Box box, (double, double, double)? colour)
    {
        foreach (int i in letters)
        {
            PaintedGlyph letter = glyphs[i];
            if (letter.Seen == Seen.NoInk && box.Holds((letter.Box.Left + letter.Box.Right) / 2, (letter.Box.Bottom * 0.7) + (letter.Box.Top * 0.3)))
            {
                glyphs[i] = letter with { Seen = Seen.Yes, Style = letter.Style with { Ink = new Ink(colour, null) } };
            }
        }
    }

    private void Show(Box box, Func<IPdfImage> open, PictureCorners corners, bool seeThrough, bool stencil)
    {
        CurrentGraphicsState state = GetCurrentState();
        Clip clip = clips.Peek();
        if (IsUnseen(state, state.AlphaConstantNonStroking))
        {
            return;
        }

        if (clip.Letters is { } letters)
        {
            ShineThrough(letters, box, null);
            return;
        }

        Box visible = box.And(clip.Box);
        var picture = new PaintedPicture(open, corners, clip.Box, areas.Count + 1, stencil);
        areas.Picture(visible, !seeThrough && clip is { IsExact: true, Hole: null } && IsOpaque(state, state.AlphaConstantNonStroking), marks.Layer, picture);
        bool pale = stencil && paints.FillOf(state) is (> 0.7, > 0.7, > 0.7);
        if (pictures.Count < PaintedPicture.Most && marks.Layer is null && !pale && !stamping)
        {
            pictures.Add(picture with { Order = areas.Count });
        }
    }

    private static Box UnitSquare(TransformationMatrix matrix) =>
        Box.Around([matrix.Transform(new PdfPoint(0, 0)), matrix.Transform(new PdfPoint(1, 0)), matrix.Transform(new PdfPoint(0, 1)), matrix.Transform(new PdfPoint(1, 1))]);

    private bool IsOpaque(CurrentGraphicsState state, double alpha) => !veiled && alpha > 0.99 && state.SoftMask is null && state.BlendMode == BlendMode.Normal;

    private bool IsUnseen(CurrentGraphicsState state, double alpha)
    {
        const double leastAlpha = 0.03;
        return unseen || alpha < leastAlpha || (state.SoftMask is { } mask && paints.StopsAll(mask));
    }

    private PdfPoint Transform(double x, double y) => CurrentTransformationMatrix.Transform(new PdfPoint(x, y));

    private Seen SeenOf(CurrentGraphicsState state, Box box)
    {
        TextRenderingMode mode = state.FontState.TextRenderingMode;
        return mode is TextRenderingMode.Neither or TextRenderingMode.NeitherClip ? Seen.NoInk
            : IsUnseen(state, mode is TextRenderingMode.Stroke or TextRenderingMode.StrokeClip ? state.AlphaConstantStroking : state.AlphaConstantNonStroking) ? Seen.Transparent
            : clips.Peek().Holds((box.Left + box.Right) / 2, (box.Bottom * 0.7) + (box.Top * 0.3)) ? Seen.Yes
            : Seen.Clipped;
    }

    private void ClipBy()
    {
        if (clipNext is not null && shape.Last is { } path)
        {
            clips.Push(clips.Pop().And(path));
        }

        clipNext = null;
    }
}
