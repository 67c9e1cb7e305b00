namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>What is painted over parts of a page, in order; of drawings made of very many pieces only the first.</summary>
internal sealed class PaintedAreas
{
    private const int Most = 20_000;
    private const double SmallestSide = 2;   // points: a rule hides no letter

    private readonly List<PaintedArea> all = [];

    public int Count => all.Count;

    public IReadOnlyList<PaintedArea> All => all;

    /// <param name="isBox">The shape fills its box; of others nobody knows which letters they touch.</param>
    public void Fill(Box box, (double Red, double Green, double Blue)? colour, bool isBox, bool opaque) =>
        Add(new PaintedArea(box, isBox && opaque ? colour : null, opaque && isBox && colour is not null, IsPicture: false));

    public void Picture(Box box, bool opaque) => Add(new PaintedArea(box, null, opaque, IsPicture: true));

    private void Add(PaintedArea area)
    {
        if (all.Count < Most && area.Box.Right - area.Box.Left >= SmallestSide && area.Box.Top - area.Box.Bottom >= SmallestSide)
        {
            all.Add(area);
        }
    }
}
