using System.Text;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>
/// Terms as sparse vectors: each term is its 32-bit FNV-1a hash (over UTF-8), weighted so that the dot product of a passage and a query is
/// Okapi BM25. The passage carries tf·(k1+1)/(tf+k1·(1−b+b·len/avg)), the query the inverse document frequency in its own knowledge base.
/// </summary>
internal static class SparseTerms
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <summary>Stored weights cannot follow a changing average, so it is fixed. Part of schema 1: another value needs another collection.</summary>
    private const double AverageLength = 110;

    public static uint Hash(string term)
    {
        var hash = 2_166_136_261u;
        Span<byte> bytes = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(term, bytes);   // terms have 64 characters at most
        foreach (var value in bytes[..length])
        {
            hash = (hash ^ value) * 16_777_619;
        }

        return hash;
    }

    /// <param name="terms">Terms of the indexed text, repeated as often as they occur.</param>
    public static SparseVector OfPassage(IReadOnlyList<string> terms)
    {
        var norm = K1 * (1 - B + (B * terms.Count / AverageLength));
        // Two terms of equal hash become one entry: the server refuses an index that stands twice.
        var weights = new SortedDictionary<uint, double>();
        foreach (var (term, count) in terms.CountBy(term => term))
        {
            var hash = Hash(term);
            weights[hash] = weights.GetValueOrDefault(hash) + (count * (K1 + 1) / (count + norm));
        }

        return new SparseVector([.. weights.Keys], [.. weights.Values.Select(weight => (float)weight)]);
    }

    /// <param name="idf">Weight of each term of the question. Terms of equal hash have one document frequency and count once: the passage's weight is already their sum.</param>
    public static SparseVector OfQuery(IReadOnlyDictionary<string, double> idf)
    {
        var weights = new SortedDictionary<uint, double>();
        foreach (var (term, weight) in idf)
        {
            weights[Hash(term)] = weight;
        }

        return new SparseVector([.. weights.Keys], [.. weights.Values.Select(weight => (float)weight)]);
    }
}
