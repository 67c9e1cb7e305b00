using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Reading;

/// <summary>Whether a sentence can stand in a summary: prose, understandable alone, not what every document says.</summary>
internal static partial class SentenceWorth
{
    private const int FewestWords = 7;
    private const int MostCharacters = 420;
    private const double LeastLetters = 0.6;   // of the characters that are not blanks: less is a formula, a line of figures, a table

    /// <summary>Point back to a sentence that the summary may not hold.</summary>
    private static readonly FrozenSet<string> Backward = (
        "this that these those it its they them their he him his she her such here there then thus therefore hence however moreover furthermore " +
        "additionally similarly likewise instead also but and or so because although nevertheless consequently accordingly both neither")
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsStatement(EvidenceUnit unit, string? headingPath)
    {
        var text = unit.Text;
        if (unit.IsRow || unit.IsLabel || !Begins(text) || text.Length > MostCharacters || !Ends(text))
        {
            return false;
        }

        var letters = text.Count(char.IsLetter);
        return 2 * text.Count(char.IsUpper) <= letters
            && letters >= LeastLetters * text.Count(c => !char.IsWhiteSpace(c))
            && (unit.Terms.Count >= FewestWords / 2 && Words(text) >= FewestWords || IsCjk(text))
            && !Boilerplate().IsMatch(text)
            && (headingPath is null || !Appendix().IsMatch(headingPath));
    }

    /// <summary>What authors mark as weighty: results, causes, changes, purposes. Edmundson 1969.</summary>
    public static bool HasCue(string text) => Cues().IsMatch(text);

    /// <summary>A sentence about the text instead of its subject: where something is described, what a word means here.</summary>
    public static bool IsAboutTheText(string text) => AboutTheText().IsMatch(text);

    /// <summary>0 for a sentence that can be read alone, up to 1 for one that leans on what stands before it.</summary>
    public static double Dependence(string text)
    {
        var first = new string([.. text.TakeWhile(c => !char.IsWhiteSpace(c)).Where(char.IsLetter)]);
        return Backward.Contains(first) ? 0.7 : text.Length < 60 ? 0.2 : 0;
    }

    /// <summary>Not the rest of a sentence that began on the page before, and no item of a list.</summary>
    private static bool Begins(string text) => (char.IsLetterOrDigit(text[0]) && !char.IsLower(text[0])) || (text[0] is '“' or '"' && text.Length > 1 && char.IsUpper(text[1]));

    private static bool Ends(string text) => text[^1] is '.' or '!' or '。' || (text[^1] is '”' or '"' or ')' && text[^2] is '.' or '!' or '。');

    private static int Words(string text) => text.Count(c => c == ' ') + 1;

    private static bool IsCjk(string text) => text.Any(c => c is >= '\u3040' and <= '\u9fff' or >= '\uac00' and <= '\ud7af');

    [GeneratedRegex(
        @"all rights reserved|©|table of contents|\.{5}|page \d+ of \d+|forward-looking statements?|see (?:accompanying )?notes? (?:to|\d)|accompanying notes|" +
        @"incorporated (?:herein )?by reference|pursuant to the requirements|indicate by check ?mark|has duly caused this report|this page intentionally|" +
        @"(?:isbn|issn|doi)[ :]|https?://\S+$|refer to note \d|click here|terms (?:of use|and conditions) apply",
        RegexOptions.IgnoreCase)]
    private static partial Regex Boilerplate();

    [GeneratedRegex(
        @"\b(?:increas\w+|decreas\w+|declin\w+|grew|growth|rose|fell|result(?:s|ed)?|because|due to|primarily|mainly|significant(?:ly)?|important|main|key|purpose|aims?|goal|" +
        @"conclu\w+|found that|shows?|propos\w+|overall|total|must|shall|required|first|largest|most)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Cues();

    [GeneratedRegex(
        @"^(?:see|refer to|also refer)\b|\b(?:as used (?:herein|in this)|(?:this|our|the) (?:quarterly |annual |present )?(?:report|document|filing|section|chapter|article|paper)\b(?! shows?)|" +
        @"annual report on form|form 10-\w|(?:discussed|described|set forth|included|presented|disclosed) (?:in|under|elsewhere|below|above|herein)|unless otherwise (?:stated|noted|indicated)|" +
        @"defined terms?|definitions? of|should be read in conjunction|the following (?:table|discussion|chart|figure)|table (?:below|above)|item \d+[a-z]?\b|references to)",
        RegexOptions.IgnoreCase)]
    private static partial Regex AboutTheText();

    [GeneratedRegex(@"(?:^|› )\W*(?:references|bibliography|works cited|exhibits?|exhibit index|signatures?|(?:table of )?contents|index|acknowledge?ments|glossary|copyright|imprint|disclaimer)\W*(?:›|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Appendix();
}
