namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>What is painted over parts of a page, in order; of drawings made of very many pieces only the first.</summary>
internal sealed class PaintedAreas
{
    public const double SmallestSide = 2;   // points: a rule hides no letter

    private const int Most = 20_000;

    private readonly List<PaintedArea> all = [];

    public int Count => all.Count;

    public IReadOnlyList<PaintedArea> All => all;

    /// <param name="isBox">The shape fills its box; of others nobody knows which letters they touch.</param>
    public void Fill(Box box, (double Red, double Green, double Blue)? colour, bool isBox, bool opaque, LayerRule? layer)
    {
        if (Matters(box))
        {
            all.Add(new PaintedArea(box, isBox && opaque ? colour : null, opaque && isBox, IsPicture: false, layer));
        }
    }

    public void Picture(Box box, bool opaque, LayerRule? layer, PaintedPicture? picture)
    {
        if (Matters(box))
        {
            all.Add(new PaintedArea(box, null, opaque, IsPicture: true, layer) { Picture = opaque ? picture : null });
        }
    }

    private bool Matters(Box box) => all.Count < Most && box.Right - box.Left >= SmallestSide && box.Top - box.Bottom >= SmallestSide;
}
