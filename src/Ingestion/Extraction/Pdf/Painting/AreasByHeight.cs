namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Finds the painted areas that may hold a point. A table's thousand boxes would else be looked at for each of its letters.</summary>
internal sealed class AreasByHeight
{
    private const double Band = 24;    // points
    private const int MostBands = 500;

    private readonly List<int>[] bands;
    private readonly double band;

    /// <param name="isOff">What is not shown.</param>
    public AreasByHeight(PaintedPage page, Func<PaintedArea, bool> isOff)
    {
        band = Math.Max(Band, page.Height / MostBands);
        bands = new List<int>[page.Areas.Count == 0 || !(page.Height > 0) ? 0 : (int)(page.Height / band) + 1];
        for (int i = 0; i < bands.Length; i++)
        {
            bands[i] = [];
        }

        for (int i = 0; i < page.Areas.Count && bands.Length > 0; i++)
        {
            if (isOff(page.Areas[i]))
            {
                continue;
            }

            int last = Index(page.Areas[i].Box.Top);
            for (int b = Index(page.Areas[i].Box.Bottom); b <= last; b++)
            {
                bands[b].Add(i);
            }
        }
    }

    /// <summary>Places in <see cref="PaintedPage.Areas"/>, ascending: all that reach this height, and some that do not.</summary>
    public IReadOnlyList<int> At(double y) => bands.Length == 0 ? [] : bands[Index(y)];

    private int Index(double y) => (int)Math.Clamp(y / band, 0, bands.Length - 1);
}
