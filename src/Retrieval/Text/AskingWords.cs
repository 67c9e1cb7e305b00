using System.Collections.Frozen;

namespace Rag.Retrieval.Text;

/// <summary>Words about asking and about the files themselves. Files seldom hold them, and their absence says nothing.</summary>
internal static class AskingWords
{
    private static readonly FrozenSet<string> Stems = (
        "summarize summary document documents file files pdf page pages according explain describe list mention mentioned say says said " +
        "question answer find name called know known happened happen").Split(' ').Select(PorterStemmer.Stem).ToFrozenSet(StringComparer.Ordinal);

    /// <param name="term">Stemmed.</param>
    public static bool Contains(string term) => Stems.Contains(term);
}
