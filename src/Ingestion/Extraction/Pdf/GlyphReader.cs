using Rag.Ingestion.Extraction.Layout;
using UglyToad.PdfPig.Content;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>A page's visible letters as glyphs, by the way their lines run. PdfPig has already turned the page as it is displayed.</summary>
internal sealed class GlyphReader
{
    private readonly Dictionary<string, (bool Bold, bool Italic)> faces = [];

    public LaidOutPage Read(Page page)
    {
        var byTurn = new Dictionary<Turn, List<Glyph>>();
        var hidden = new HiddenText(page);
        var spans = new HiddenSpans(page.Number, page.Height);
        foreach (Letter letter in page.Letters)
        {
            string text = GlyphText.Clean(letter.Value);
            if (text.Length == 0)
            {
                continue;
            }

            if (hidden.Find(letter) is { } how)
            {
                spans.Add(how, text, letter);
                continue;
            }

            double dx = letter.EndBaseLine.X - letter.StartBaseLine.X, dy = letter.StartBaseLine.Y - letter.EndBaseLine.Y;
            if ((dx == 0 && dy == 0 ? Turn.Rightwards : Turns.Of(dx, dy)) is not { } turn)
            {
                continue;   // slanted: a watermark across the page
            }

            (float left, float baseline) = turn.ToText(letter.StartBaseLine.X, page.Height - letter.StartBaseLine.Y);
            (float right, _) = turn.ToText(letter.EndBaseLine.X, page.Height - letter.EndBaseLine.Y);
            if (!float.IsFinite(left) || !float.IsFinite(right) || !float.IsFinite(baseline) || letter.PointSize is not (> 0 and < 2_000))
            {
                continue;
            }

            (bool bold, bool italic) = Face(letter);
            if (!byTurn.TryGetValue(turn, out List<Glyph>? glyphs))
            {
                byTurn[turn] = glyphs = [];
            }

            glyphs.Add(new Glyph(text, left, Math.Max(left, right), baseline, (float)letter.PointSize, bold, italic));
        }

        var lines = byTurn.OrderBy(entry => entry.Key).SelectMany(entry => LineBuilder.Build(entry.Value, entry.Key)).ToList();
        return new LaidOutPage(page.Number, (float)page.Width, (float)page.Height, lines)
        {
            Hidden = spans.Finish(),
            IsScan = lines.Count == 0 && hidden.IsPicture,
        };
    }

    private (bool Bold, bool Italic) Face(Letter letter)
    {
        string name = letter.FontName ?? "";
        if (!faces.TryGetValue(name, out var face))
        {
            string[] heavy = ["bold", "black", "heavy", "semibold", "demi"];
            string[] slanted = ["italic", "oblique"];
            face = (letter.FontDetails.IsBold || letter.FontDetails.Weight >= 600 || heavy.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)),
                letter.FontDetails.IsItalic || slanted.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)));
            faces[name] = face;
        }

        return face;
    }
}
