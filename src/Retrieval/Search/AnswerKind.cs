using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>
/// What kind of words an English question asks for, as far as its own words tell: a date, a figure or a name. A sentence without any is
/// seldom the answer, however much it speaks of the matter.
/// </summary>
internal sealed partial class AnswerKind
{
    private enum Kind
    {
        Any,
        Date,
        Figure,
        Name,
    }

    private static readonly FrozenSet<string> FigureWords = (
        "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million billion trillion half third " +
        "quarter dozen once twice").Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly Kind kind;
    private readonly HashSet<string> asked;   // what the question says itself is not what it asks for

    private AnswerKind(Kind kind, HashSet<string> asked) => (this.kind, this.asked) = (kind, asked);

    public static AnswerKind Of(string question) => new(
        DateQuestion().IsMatch(question) ? Kind.Date
            : FigureQuestion().IsMatch(question) ? Kind.Figure
            : NameQuestion().IsMatch(question) ? Kind.Name
            : Kind.Any,
        Word().Matches(question).Select(word => word.Value).ToHashSet(StringComparer.OrdinalIgnoreCase));

    /// <summary>True when the sentence holds a word of that kind that the question does not hold; false for a question of no known kind.</summary>
    public bool IsIn(string sentence) => kind switch
    {
        Kind.Date => DateWords().Matches(sentence).Any(date => !asked.Contains(date.Value)),
        Kind.Figure => Word().Matches(sentence).Any(word => (word.Value.Any(char.IsAsciiDigit) || FigureWords.Contains(word.Value)) && !asked.Contains(word.Value)),
        Kind.Name => Names.In(sentence).Any(name => !asked.Contains(name)),
        _ => false,
    };

    [GeneratedRegex(@"\bwhen\b|\b(what|which) (year|date|day|month|century|decade|quarter)\b|\bhow long ago\b", RegexOptions.IgnoreCase)]
    private static partial Regex DateQuestion();

    [GeneratedRegex(
        @"\bhow (many|much|long|large|big|far|high|old|tall|often|wide|deep|fast)\b|\bwhat (percentage|percent|number|amount|proportion|fraction|size|temperature|rate|share)\b" +
        @"|\bwhat (was|were|is|are) .*\b(revenues?|sales|income|margins?|profits?|earnings|costs?|expenses?|prices?|cash|debt|assets|liabilities|rate|figures?|totals?|breakdown|population)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex FigureQuestion();

    [GeneratedRegex(
        @"\bwho(m|se)?\b|\bwhere\b|\b(what|which) (person|man|woman|company|city|country|state|region|place|river|town|continent|county|island|location|nation|organi[sz]ation)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex NameQuestion();

    [GeneratedRegex(
        @"\b(1[0-9]{3}|20[0-9]{2}|[0-9]{3,4}s|[0-9]{1,2}(st|nd|rd|th) century|january|february|march|april|may|june|july|august|september|october|november|december|" +
        @"monday|tuesday|wednesday|thursday|friday|saturday|sunday|[0-9]+ (bc|ad|years?|days?|months?|hours?))\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex DateWords();

    [GeneratedRegex(@"[\p{L}\p{N}][\p{L}\p{N}'’.,-]*(?<![.,])")]
    private static partial Regex Word();
}
