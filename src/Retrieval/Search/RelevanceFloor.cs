using System.Collections.Frozen;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>
/// Tells "the files answer this" from "these are merely the nearest passages": the sum of the best passage's cosine, the best sentence's
/// cosine and the share of the question's terms, weighted by their rarity, that the best passages hold.
/// </summary>
internal static class RelevanceFloor
{
    /// <summary>Chunks whose terms count. Measured on XQuAD (dev): three refuse half as many answerable questions as one does, and nearly as many others.</summary>
    public const int BestPassages = 3;

    /// <summary>Words about the act of asking; files seldom hold them, and their absence says nothing.</summary>
    private static readonly FrozenSet<string> AskingWords = (
        "summarize summary document documents file files pdf page pages according explain describe list mention mentioned say says said " +
        "question answer find name called know happened happen").Split(' ').Select(PorterStemmer.Stem).ToFrozenSet(StringComparer.Ordinal);

    /// <param name="questionTerms">Stemmed, without stop words.</param>
    /// <param name="weights">Inverse document frequency of each term in this knowledge base.</param>
    /// <param name="passageTerms">Terms of the best passages together.</param>
    /// <returns>From 0 to 1; 0 when the question has no terms.</returns>
    public static double TermShare(IEnumerable<string> questionTerms, IReadOnlyDictionary<string, double> weights, IReadOnlySet<string> passageTerms)
    {
        double all = 0;
        double held = 0;
        foreach (var term in questionTerms.Distinct().Where(term => !AskingWords.Contains(term)))
        {
            var weight = weights.GetValueOrDefault(term, 1);
            all += weight;
            if (passageTerms.Contains(term))
            {
                held += weight;
            }
        }

        return all > 0 ? held / all : 0;
    }

    public static double Sum(double bestPassageCosine, double bestSentenceCosine, double termShare) => bestPassageCosine + bestSentenceCosine + termShare;
}
