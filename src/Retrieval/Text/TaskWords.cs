using System.Collections.Frozen;

namespace Rag.Retrieval.Text;

/// <summary>
/// Words that tell the reader's task, not the matter: "analyze how … correlates with the discussion in the section". No passage has to hold
/// them to answer.
/// </summary>
internal static class TaskWords
{
    private static readonly FrozenSet<string> Stems = (
        "analyze analyse compare comparison correlate relate relation align discuss discussion discussed outline highlight insight section overview " +
        "report reported reporting disclose disclosed disclosure detail detailed provide provided present presented state stated specify specific specifically " +
        "significant significantly notable notably considerable major main key important potential potentially particular overall considering respect " +
        "identify identified indicate indicated imply implication impact affect effect role driver regarding across recent recently latest previous " +
        "fluctuate fluctuated trend change changed changes shift transform breakdown separately figure figures scale extent level").Split(' ').Select(PorterStemmer.Stem).ToFrozenSet(StringComparer.Ordinal);

    /// <param name="term">Stemmed.</param>
    public static bool Contains(string term) => Stems.Contains(term);
}
