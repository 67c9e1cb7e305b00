namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Glyphs of a page by letter and place, to the point.</summary>
internal sealed class Places
{
    private const int Most = 20;   // of one letter in one place

    private readonly Dictionary<(string, int, int), int> first;
    private readonly int[] next;   // the next one in the same place; -1 for none

    public Places(ReadOnlySpan<PaintedGlyph> glyphs)
    {
        next = new int[glyphs.Length];
        first = new Dictionary<(string, int, int), int>(glyphs.Length);
        for (int i = glyphs.Length - 1; i >= 0; i--)
        {
            var place = Of(in glyphs[i]);
            next[i] = first.TryGetValue(place, out int after) ? after : -1;
            first[place] = i;
        }
    }

    /// <summary>Places of the same letter so many points away, in the order in which they are painted.</summary>
    public IEnumerable<int> Near(in PaintedGlyph glyph, int right, int up)
    {
        (string text, int x, int y) = Of(in glyph);
        return Chain(first.TryGetValue((text, x + right, y + up), out int start) ? start : -1);
    }

    private IEnumerable<int> Chain(int start)
    {
        for (int i = start, count = 0; i >= 0 && count < Most; i = next[i], count++)
        {
            yield return i;
        }
    }

    private static (string Text, int X, int Y) Of(in PaintedGlyph glyph) => (glyph.Text, (int)Math.Clamp(glyph.Start.X, -1e6, 1e6), (int)Math.Clamp(glyph.Start.Y, -1e6, 1e6));
}
