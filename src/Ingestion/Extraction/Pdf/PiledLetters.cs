using Rag.Ingestion.Extraction.Pdf.Painting;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>Letters of which each stands on the one before, so that none can be read.</summary>
internal static class PiledLetters
{
    private const double OnTop = 0.12;   // of a letter's width: the next one stands on it
    private const int Fewest = 4;

    /// <returns>Their places among the glyphs; null for none.</returns>
    public static HashSet<int>? Of(ReadOnlySpan<PaintedGlyph> glyphs)
    {
        HashSet<int>? found = null;
        for (int i = 1, first = 0; i <= glyphs.Length; i++)
        {
            if (i < glyphs.Length && StandsOn(in glyphs[i], in glyphs[i - 1]))
            {
                continue;
            }

            // The same letter again makes it bold.
            if (i - first >= Fewest && DifferentLetters(glyphs[first..i]) >= Fewest - 1)
            {
                found ??= [];
                found.UnionWith(Enumerable.Range(first, i - first));
            }

            first = i;
        }

        return found;
    }

    private static bool StandsOn(in PaintedGlyph glyph, in PaintedGlyph last) =>
        Math.Abs(glyph.Start.X - last.Start.X) + Math.Abs(glyph.Start.Y - last.Start.Y) < OnTop * (Math.Abs(last.End.X - last.Start.X) + Math.Abs(last.End.Y - last.Start.Y));

    private static int DifferentLetters(ReadOnlySpan<PaintedGlyph> glyphs)
    {
        var letters = new HashSet<string>();
        foreach (ref readonly PaintedGlyph glyph in glyphs)
        {
            letters.Add(GlyphText.Clean(glyph.Text));
        }

        letters.Remove("");
        return letters.Count;
    }
}
