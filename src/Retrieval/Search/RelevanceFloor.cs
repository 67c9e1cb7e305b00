using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>
/// Tells "the files answer this" from "these are merely the nearest passages". Two signs count: how near the best sentence comes in
/// meaning, and how many of the question's terms, weighted by rarity, stand together in one passage. The second alone serves where the
/// embedder's cosines are unknown. Chosen on answerable and unanswerable questions: docs/decisions/0011.
/// </summary>
internal static class RelevanceFloor
{
    /// <summary>Chunks whose terms count: the first, and the one of these that holds most.</summary>
    public const int BestPassages = 3;

    /// <summary>Cosines of one model lie in a narrow band, so that small differences tell much.</summary>
    private const double CosineWeight = 3;

    /// <summary>Refuses one answerable question in twenty of the test set, and three of four whose paragraph is missing.</summary>
    private const double ShareFloor = 0.44;

    /// <summary>What a word about the task counts against one about the matter.</summary>
    private const double TaskWordShare = 0.25;

    /// <summary>Floors of known embedders, by the start of their name: each has its own band of cosines.</summary>
    private static readonly (string Model, double Floor)[] Known = [("bge-small-en", 2.44)];

    /// <param name="embedder">Its model's id.</param>
    /// <returns>Null for an embedder whose cosines were never measured.</returns>
    public static double? For(string embedder) =>
        Known.Where(known => embedder.Contains(known.Model, StringComparison.OrdinalIgnoreCase)).Select(known => (double?)known.Floor).FirstOrDefault();

    /// <param name="floor">Of <see cref="Sum"/>; null to go by the terms alone.</param>
    public static bool IsAnswerable(double? floor, double bestSentenceCosine, double termShare) =>
        floor is { } least ? Sum(bestSentenceCosine, termShare) >= least : termShare >= ShareFloor;

    public static double Sum(double bestSentenceCosine, double termShare) => (CosineWeight * bestSentenceCosine) + termShare;

    /// <summary>
    /// The mean of two shares of the question's terms: those that the first passage holds, and those that the fullest of the best holds.
    /// Never of several passages together: "capital" here and "France" there make no answer to "What is the capital of France?".
    /// </summary>
    /// <param name="questionTerms">Stemmed, without stop words.</param>
    /// <param name="weights">Inverse document frequency of each term in this knowledge base.</param>
    /// <param name="passages">Terms of each of the best passages, best first.</param>
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

        var shares = passages.Select(passage => asked.Where(passage.Contains).Sum(Weight) / all).ToList();
        return (shares[0] + shares.Max()) / 2;

        double Weight(string term) => weights.GetValueOrDefault(term, 1) * (TaskWords.Contains(term) ? TaskWordShare : 1);
    }
}
