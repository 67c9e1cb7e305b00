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

    /// <summary>
    /// The mean of two shares: of the terms that the passages hold together, and of those that the best one holds alone. Together alone is
    /// too kind: "capital" here and "France" there make no answer to "What is the capital of France?".
    /// </summary>
    /// <param name="questionTerms">Stemmed, without stop words.</param>
    /// <param name="weights">Inverse document frequency of each term in this knowledge base.</param>
    /// <param name="passages">Terms of each of the best passages.</param>
    /// <returns>From 0 to 1; 0 when the question has no terms.</returns>
    public static double TermShare(
        IReadOnlyList<string> questionTerms, IReadOnlyDictionary<string, double> weights, IReadOnlyList<IReadOnlySet<string>> passages)
    {
        var asked = questionTerms.Distinct().Where(term => !AskingWords.Contains(term)).ToList();
        var all = asked.Sum(Weight);
        if (all <= 0 || passages.Count == 0)
        {
            return 0;
        }

        var together = asked.Where(term => passages.Any(passage => passage.Contains(term))).Sum(Weight);
        var alone = passages.Max(passage => asked.Where(passage.Contains).Sum(Weight));
        return (together + alone) / (2 * all);

        double Weight(string term) => weights.GetValueOrDefault(term, 1);
    }

    public static double Sum(double bestPassageCosine, double bestSentenceCosine, double termShare) => bestPassageCosine + bestSentenceCosine + termShare;
}
