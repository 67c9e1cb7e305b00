using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>Keeps passages from crowding each other out: no two that say the same, and not all from one file where others have something to say.</summary>
internal static class PassageVariety
{
    /// <summary>Share of common terms from which two passages say the same, if their figures agree.</summary>
    private const double Alike = 0.9;

    /// <summary>A passage of another file this near in score takes the place of one too many.</summary>
    private const double NearlyAsGood = 0.9;

    /// <summary>
    /// Keeps the first of passages that say the same: the file uploaded twice, a page printed twice, a text planted in several files with
    /// a few words changed. Two that differ in a figure do not say the same.
    /// </summary>
    /// <param name="chunks">Best first.</param>
    public static IEnumerable<FoundChunk> WithoutDuplicates(IEnumerable<FoundChunk> chunks)
    {
        var kept = new List<HashSet<string>>();
        foreach (var chunk in chunks)
        {
            var terms = Terms.Of(chunk.Text).ToHashSet();
            if (terms.Count == 0)
            {
                terms.Add(Blanks.Fold(chunk.Text));
            }

            if (!kept.Exists(other => SayTheSame(other, terms)))
            {
                kept.Add(terms);
                yield return chunk;
            }
        }
    }

    /// <param name="drafts">Best first.</param>
    /// <returns>At most <paramref name="most"/>, best first; of one file at most <paramref name="perDocument"/> while others have nearly as good ones.</returns>
    public static List<PassageDraft> Cap(IEnumerable<PassageDraft> drafts, int most, int perDocument) =>
        Cap(drafts, most, perDocument, draft => (draft.Document.Id, draft.Best.Score));

    /// <inheritdoc cref="Cap(IEnumerable{PassageDraft}, int, int)"/>
    public static List<FoundChunk> Cap(IEnumerable<FoundChunk> chunks, int most, int perDocument) =>
        Cap(chunks, most, perDocument, chunk => (chunk.Document.Id, chunk.Score));

    private static List<T> Cap<T>(IEnumerable<T> items, int most, int perDocument, Func<T, (DocumentId File, double Score)> of)
    {
        var chosen = new List<T>();
        var waiting = new List<T>();
        foreach (var item in items)
        {
            (chosen.Count(other => of(other).File == of(item).File) < perDocument ? chosen : waiting).Add(item);
        }

        // One too many still goes before one that is much worse.
        foreach (var item in waiting)
        {
            var worse = chosen.FindIndex(other => of(other).Score < of(item).Score * NearlyAsGood);
            chosen.Insert(worse >= 0 ? worse : chosen.Count, item);
        }

        return [.. chosen.Take(most).OrderByDescending(item => of(item).Score)];
    }

    private static bool SayTheSame(HashSet<string> a, HashSet<string> b)
    {
        var common = a.Count(b.Contains);
        return common >= Alike * (a.Count + b.Count - common)
            && a.Where(IsFigure).All(b.Contains) && b.Where(IsFigure).All(a.Contains);
    }

    private static bool IsFigure(string term) => char.IsAsciiDigit(term[0]);
}
