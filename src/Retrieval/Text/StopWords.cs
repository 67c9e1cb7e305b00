using System.Collections.Frozen;

namespace Rag.Retrieval.Text;

/// <summary>English words that say nothing about the subject. Neither indexed nor searched for; "may" (the month) and "us" (U.S.) are kept.</summary>
internal static class StopWords
{
    private static readonly FrozenSet<string> Words = (
        "a an the this that these those and or but nor if then else so as than because while of at by for with about against between into " +
        "through during before after to from in out on off over under again further once here there when where why how what which who whom " +
        "whose all any both each few more most other some such only own same too very much many i me my mine we our ours you your yours he " +
        "him his she her hers it its they them their theirs am is are was were be been being have has had having do does did doing would " +
        "could should can will shall might must not no yes just also dont doesnt didnt isnt arent wasnt werent cant wont tell please give " +
        "show me let lets").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    public static bool Contains(string word) => Words.Contains(word);
}
