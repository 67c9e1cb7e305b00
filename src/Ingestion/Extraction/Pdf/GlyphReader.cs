using Rag.Ingestion.Extraction.Layout;
using Rag.Ingestion.Extraction.Pdf.Painting;
using Rag.Retrieval.Knowledge;
using UglyToad.PdfPig.PdfFonts;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>A page's visible letters as glyphs, by the way their lines run; the others as hidden text. The painter has already turned the page as it is displayed.</summary>
/// <param name="layersOff">Names of optional content groups that are not shown.</param>
internal sealed class GlyphReader(IReadOnlySet<string> layersOff)
{
    private readonly Dictionary<string, (bool Bold, bool Italic)> faces = [];
    private readonly List<Glyph>[] byTurn = [[], [], [], []];   // of the page at hand; kept, for a page's worth is large
    private (IFont? Font, bool Bold, bool Italic) face;

    public LaidOutPage Read(PaintedPage page)
    {
        Array.ForEach(byTurn, glyphs => glyphs.Clear());
        var hidden = new HiddenText(page, layersOff);
        var spans = new HiddenSpans(page.Number, page.Height);
        ReadOnlySpan<PaintedGlyph> all = page.Glyphs;
        IFont? liar = Liar(all);
        for (int i = 0; i < all.Length; i++)
        {
            ref readonly PaintedGlyph painted = ref all[i];
            string text = GlyphText.Clean(painted.Text);
            if (GlyphText.Smuggled(painted.Text) is { } smuggled)
            {
                spans.Add(HiddenTextKind.Characters, smuggled, in painted);
            }

            if (text.Length == 0)
            {
                continue;
            }

            if (hidden.Find(i) is { } how)
            {
                if (!hidden.IsSeenTwice(i))
                {
                    spans.Add(how, painted.Claimed ?? text, in painted);
                }

                continue;
            }

            // Where one glyph of a font lies, what it claims is told whole.
            if (liar is not null && painted.Style.Font == liar)
            {
                spans.Add(HiddenTextKind.Replacement, painted.Claimed ?? text, in painted);
            }

            double dx = painted.End.X - painted.Start.X, dy = painted.Start.Y - painted.End.Y;
            if ((dx == 0 && dy == 0 ? Turn.Rightwards : Turns.Of(dx, dy)) is not { } turn)
            {
                continue;   // slanted: a watermark across the page
            }

            (float left, float baseline) = turn.ToText(painted.Start.X, page.Height - painted.Start.Y);
            (float right, _) = turn.ToText(painted.End.X, page.Height - painted.End.Y);
            if (!float.IsFinite(left) || !float.IsFinite(right) || !float.IsFinite(baseline) || painted.Style.Size is not (> 0 and < 2_000))
            {
                continue;
            }

            if (face.Font != painted.Style.Font)
            {
                (bool bold, bool italic) = Face(painted.Style.Font);
                face = (painted.Style.Font, bold, italic);
            }

            byTurn[(int)turn].Add(new Glyph(text, left, Math.Max(left, right), baseline, (float)painted.Style.Size, face.Bold, face.Italic));
        }

        foreach (ReplacementText replacement in page.Replacements.Where(FalseReplacement.IsFalse))
        {
            spans.Add(HiddenTextKind.Replacement, replacement.Given, replacement.Box);
        }

        var lines = Enum.GetValues<Turn>().SelectMany(turn => LineBuilder.Build(byTurn[(int)turn], turn)).ToList();
        return new LaidOutPage(page.Number, (float)page.Width, (float)page.Height, lines)
        {
            Hidden = spans.Finish(),
            IsScan = lines.Count == 0 && hidden.IsPicture,
        };
    }

    /// <summary>The font of the first glyph that shows another letter than it says.</summary>
    private static IFont? Liar(ReadOnlySpan<PaintedGlyph> glyphs)
    {
        foreach (ref readonly PaintedGlyph glyph in glyphs)
        {
            if (glyph.Claimed is not null)
            {
                return glyph.Style.Font;
            }
        }

        return null;
    }

    private (bool Bold, bool Italic) Face(IFont font)
    {
        string name = font.Name?.Data ?? "";
        if (!faces.TryGetValue(name, out var face))
        {
            string[] heavy = ["bold", "black", "heavy", "semibold", "demi"];
            string[] slanted = ["italic", "oblique"];
            face = (font.Details.IsBold || font.Details.Weight >= 600 || heavy.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)),
                font.Details.IsItalic || slanted.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)));
            faces[name] = face;
        }

        return face;
    }
}
