using System.Text.RegularExpressions;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>
/// Takes phrases out of a question that say where to look, not what for: "in the most recent 10-Q", "according to this report". Kept,
/// they lead to cover pages and certificates, which speak of the report and of nothing else.
/// </summary>
internal static partial class DocumentReference
{
    private const int FewestWords = 2;

    /// <returns>The question without such phrases, but with the name in "Apple's latest filing"; unchanged when hardly anything would be left.</returns>
    public static string Strip(string question)
    {
        var bare = Phrase().Replace(question, phrase => phrase.Groups["who"] is { Success: true } who ? $" for {who.Value} " : " ");
        bare = Blanks.Fold(bare).Replace(" ?", "?", StringComparison.Ordinal);
        return Terms.WordsOf(bare).Count(word => !StopWords.Contains(word) && !AskingWords.Contains(PorterStemmer.Stem(word))) >= FewestWords ? bare : question;
    }

    [GeneratedRegex(
        @",?\s*(?<!\p{L})(?:as\s+)?(?:(?:stated|reported|disclosed|detailed|mentioned|described|given|shown|outlined|presented)\s+)?" +
        @"(?:in|from|within|per|according\s+to|based\s+on|by)\s+" +
        @"(?:(?<who>\p{Lu}[\p{L}\p{N}&.]*)(?:'s|’s)\s+|(?:the|this|that|these|those|its|their|my|our|your|his|her|an?|all)\s+)?" +
        @"(?:(?:most\s+recent|latest|last|recent|current|newest|attached|uploaded|provided|given|fiscal|quarterly|annual|form|q[1-4]|20\d\d)\s+)*" +
        @"(?:10-?[qk]s?|8-?k|reports?|filings?|documents?|files?|pdfs?|papers?)(?:\s+(?:reports?|filings?|documents?|files?))?(?![\p{L}\p{N}-])\s*,?",
        RegexOptions.IgnoreCase)]
    private static partial Regex Phrase();
}
