using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Colors;
using UglyToad.PdfPig.PdfFonts;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokens;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Colours of what is painted with: of patterns, shadings, masks and drawn glyphs where they have one.</summary>
/// <param name="read">Reads a short content; null where it cannot.</param>
internal sealed class Paints(Func<StreamToken, SmallContent?> read, IResourceStore resources)
{
    private const double Same = 0.01;

    private readonly Dictionary<StreamToken, bool> masks = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PatternColor, (double, double, double)?> patterns = new(ReferenceEqualityComparer.Instance);
    private IColor? last;
    private (double, double, double)? lastColour;

    public (double Red, double Green, double Blue)? FillOf(CurrentGraphicsState state) => Of(state.CurrentNonStrokingColor, state.ColorSpaceContext?.CurrentNonStrokingColorSpace);

    public (double Red, double Green, double Blue)? StrokeOf(CurrentGraphicsState state) => Of(state.CurrentStrokingColor, state.ColorSpaceContext?.CurrentStrokingColorSpace);

    /// <returns>Red, green, blue from 0 to 1; null for a pattern of several colours, or one that nobody knows.</returns>
    private (double Red, double Green, double Blue)? Of(IColor? colour, ColorSpaceDetails? space)
    {
        if (colour is null)
        {
            return (0, 0, 0);
        }

        if (!ReferenceEquals(colour, last))
        {
            (last, lastColour) = (colour, colour is PatternColor pattern ? Of(pattern) : Clamped(colour.ToRGBValues(), space));
        }

        return lastColour;
    }

    /// <returns>The colour that it has everywhere; null where it has several.</returns>
    public static (double Red, double Green, double Blue)? Of(Shading shading)
    {
        const int samples = 9;
        double[] domain = shading switch { AxialShading axial => axial.Domain, RadialShading radial => radial.Domain, _ => [] };
        (double Red, double Green, double Blue)? first = null;
        for (int i = 0; i < samples && domain.Length == 2; i++)
        {
            double[] values = shading.Eval(domain[0] + ((domain[1] - domain[0]) * i / (samples - 1)));
            var colour = Clamped(shading.ColorSpace.GetColor(values).ToRGBValues(), shading.ColorSpace);
            first ??= colour;
            if (Math.Abs(colour.Red - first.Value.Red) > Same || Math.Abs(colour.Green - first.Value.Green) > Same || Math.Abs(colour.Blue - first.Value.Blue) > Same)
            {
                return null;
            }
        }

        return first;
    }

    /// <summary>It paints all that it is painted over.</summary>
    public static bool FillsAll(Shading shading) =>
        shading is AxialShading { BBox: null, Extend: [true, true], Coords: [var x0, var y0, var x1, var y1] } && (x0 != x1 || y0 != y1);

    /// <summary>Nothing passes the mask, anywhere.</summary>
    public bool StopsAll(SoftMask mask)
    {
        if (mask.TransferFunction is not null)
        {
            return false;
        }

        if (!masks.TryGetValue(mask.TransparencyGroup, out bool stops))
        {
            SmallContent? content = read(mask.TransparencyGroup);
            stops = content is not null && (!content.Paints
                ? mask.Subtype == SoftMaskType.Alpha || IsBlack(mask.BC)
                : mask.Subtype == SoftMaskType.Luminosity && content.IsPlain && content.Colour is null or (< Same, < Same, < Same) && IsBlack(mask.BC));
            masks[mask.TransparencyGroup] = stops;
        }

        return stops;
    }

    /// <summary>What a drawn glyph looks like.</summary>
    public DrawnLook LookOf(IType3Font font, int code, string text)
    {
        if (!font.TryGetCharProc(code, out StreamToken? procedure) || read(procedure) is not { } content)
        {
            return DrawnLook.Usual;
        }

        bool blank = !content.Paints && !string.IsNullOrWhiteSpace(text);
        if (!content.IsPlain || content.Letter is not { } letter || content.Filled.Count > 0)
        {
            return new DrawnLook(blank, content.IsPlain ? content.Colour : null, 1, null);
        }

        double scale = letter.Size * Math.Abs(font.GetFontMatrix().D);
        return new DrawnLook(blank, content.Colour, scale is > 0 and < 0.5 ? scale : 1, Shown(font, letter.Font, letter.Code, text));
    }

    /// <summary>A glyph that is drawn as the letter of another font shows that letter, whatever its name.</summary>
    private string? Shown(IType3Font font, NameToken name, ReadOnlyMemory<byte> code, string text)
    {
        bool loaded = font.Type3Resources is not null;
        try
        {
            if (loaded)
            {
                resources.LoadResourceDictionary(font.Type3Resources!);
            }

            var bytes = new MemoryInputBytes(code);
            // The codes of a part of a font mean what its writer chose.
            return resources.GetFont(name) is { } inner && inner.Name?.Data.Contains('+', StringComparison.Ordinal) == false && bytes.MoveNext()
                && inner.TryGetUnicode(inner.ReadCharacterCode(bytes, out _), out string? shown) && shown is [var painted] && GlyphText.Clean(text) is [var claimed]
                && (painted is > ' ' and <= '~' || char.IsLetterOrDigit(painted)) && char.IsLetterOrDigit(claimed) && char.ToUpperInvariant(painted) != char.ToUpperInvariant(claimed) ? shown : null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
        finally
        {
            if (loaded)
            {
                resources.UnloadResourceDictionary();
            }
        }
    }

    private (double, double, double)? Of(PatternColor pattern)
    {
        if (!patterns.TryGetValue(pattern, out var colour))
        {
            try
            {
                colour = pattern switch
                {
                    ShadingPatternColor { Shading: { } shading } => FillsAll(shading) ? Of(shading) : null,
                    TilingPatternColor tiling when tiling.PaintType == PatternPaintType.Coloured => Of(tiling),
                    _ => null,
                };
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                colour = null;   // a broken one
            }

            patterns[pattern] = colour;
        }

        return colour;
    }

    /// <summary>Of tiles without gaps that are one box each.</summary>
    private (double, double, double)? Of(TilingPatternColor tiling)
    {
        const double seam = 0.01;
        Box tile = Box.Around(tiling.BBox);
        return read(tiling.PatternStream) is { IsPlain: true, Letter: null, Filled: [var box] } content
            && box.And(tile) is var painted && painted.Right - painted.Left >= Math.Abs(tiling.XStep) - seam && painted.Top - painted.Bottom >= Math.Abs(tiling.YStep) - seam
            ? content.Colour ?? (0, 0, 0) : null;
    }

    private static bool IsBlack(double[]? backdrop) => backdrop is null || (backdrop.Length is 1 or 3 && backdrop.All(value => value < Same));

    private static (double Red, double Green, double Blue) Clamped((double Red, double Green, double Blue) colour, ColorSpaceDetails? space)
    {
        if (space is LabColorSpaceDetails lab)
        {
            // PdfPig leaves out the adaptation to the screen's white.
            (double red, double green, double blue) = lab.GetColor([100, 0, 0]).ToRGBValues();
            colour = (colour.Red / Math.Max(red, Same), colour.Green / Math.Max(green, Same), colour.Blue / Math.Max(blue, Same));
        }

        return (Math.Clamp(colour.Red, 0, 1), Math.Clamp(colour.Green, 0, 1), Math.Clamp(colour.Blue, 0, 1));
    }
}

/// <summary>What is known of a glyph that its font draws with operators.</summary>
/// <param name="IsBlank">Nothing is painted, though it stands for something.</param>
/// <param name="Ink">Its own colour; null where it takes that of the text, or nobody knows.</param>
/// <param name="Scale">Its size in that of the font.</param>
/// <param name="Shows">The letter that is painted where the font says another.</param>
internal sealed record DrawnLook(bool IsBlank, (double Red, double Green, double Blue)? Ink, double Scale, string? Shows)
{
    public static DrawnLook Usual { get; } = new(false, null, 1, null);
}
