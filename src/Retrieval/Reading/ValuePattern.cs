using System.Text.RegularExpressions;

namespace Rag.Retrieval.Reading;

/// <summary>Subjects whose every instance has a shape: "all dates", "every e-mail address". These are found and counted exactly.</summary>
internal sealed partial class ValuePattern
{
    private static readonly (Regex Subject, Regex Shape)[] Known =
    [
        (DatesSubject(), Dates()),
        (YearsSubject(), Years()),
        (MoneySubject(), Money()),
        (PercentSubject(), Percent()),
        (MailSubject(), Mail()),
        (WebSubject(), Web()),
    ];

    private readonly Regex shape;

    private ValuePattern(Regex shape) => this.shape = shape;

    /// <summary>Null for a subject that is looked for by its words and its meaning. The whole subject must be one of these: "payment dates" is not.</summary>
    public static ValuePattern? For(string subject) =>
        Known.Where(known => known.Subject.IsMatch(subject.Trim())).Select(known => new ValuePattern(known.Shape)).FirstOrDefault();

    /// <summary>The values in a text, as written.</summary>
    public IEnumerable<string> In(string text) => shape.Matches(text).Select(match => match.Value.Trim().TrimEnd('.', ',', ';'));

    /// <summary>Equal for two spellings of one value: case and blanks aside.</summary>
    public static string Key(string value) => string.Concat(value.Where(c => !char.IsWhiteSpace(c))).ToUpperInvariant();

    [GeneratedRegex("^(?:the )?(?:calendar )?dates?$", RegexOptions.IgnoreCase)]
    private static partial Regex DatesSubject();

    [GeneratedRegex(
        @"\b(?:(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}" +
        @"|\d{1,2}(?:st|nd|rd|th)?\.? (?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?,? \d{4}" +
        @"|\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})\b")]
    private static partial Regex Dates();

    [GeneratedRegex("^(?:the )?years?$", RegexOptions.IgnoreCase)]
    private static partial Regex YearsSubject();

    [GeneratedRegex(@"(?<![\d.,$€£-])(?:1[5-9]|20)\d{2}(?![\d%]|[.,]\d)")]
    private static partial Regex Years();

    [GeneratedRegex("^(?:the )?(?:amounts?(?: of money)?|money amounts?|(?:dollar|euro|monetary) amounts?|prices?|sums?(?: of money)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex MoneySubject();

    [GeneratedRegex(@"(?:(?:US|A|C)?[$€£¥]|\b(?:USD|EUR|GBP|CHF) ?) ?\d[\d.,]*(?: ?(?:thousand|million|billion|trillion|m|bn|k)\b)?|\b\d[\d.,]* ?(?:(?:thousand|million|billion) )?(?:dollars|euros?|pounds|cents|USD|EUR|GBP|CHF|€)(?!\w)")]
    private static partial Regex Money();

    [GeneratedRegex("^(?:the )?(?:percentages?|percents?|per cents?)$", RegexOptions.IgnoreCase)]
    private static partial Regex PercentSubject();

    [GeneratedRegex(@"(?<![\d.,])\d+(?:[.,]\d+)* ?(?:%|percent\b|per cent\b)")]
    private static partial Regex Percent();

    [GeneratedRegex("^(?:the )?(?:e-?mails?(?: addresses)?|mail addresses)$", RegexOptions.IgnoreCase)]
    private static partial Regex MailSubject();

    [GeneratedRegex(@"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b")]
    private static partial Regex Mail();

    [GeneratedRegex("^(?:the )?(?:urls?|links?|web ?(?:sites?|pages?|addresses)|websites?)$", RegexOptions.IgnoreCase)]
    private static partial Regex WebSubject();

    [GeneratedRegex(@"\bhttps?://[^\s<>""')\]]+|\bwww\.[\w-]+(?:\.[\w-]+)+[^\s<>""')\],]*", RegexOptions.IgnoreCase)]
    private static partial Regex Web();
}
