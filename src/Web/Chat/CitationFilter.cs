using System.Text.RegularExpressions;

namespace Rag.Web.Chat;

/// <summary>
/// Takes bracketed numbers out of a model's stream: [7], [1, 2], [^3], 【4】. Only the server numbers citations; a number that the model
/// writes may stand for nothing. The start of a possible number is held back until it is clear.
/// </summary>
internal sealed partial class CitationFilter
{
    private string held = "";

    public string Feed(string text)
    {
        var all = held + text;
        var cut = PossibleStart().Match(all).Index;
        held = all[cut..];
        return Number().Replace(all[..cut], "");
    }

    /// <summary>What was held back at the end of the stream.</summary>
    public string Flush()
    {
        var rest = Number().Replace(held, "");
        held = "";
        return UnfinishedNumber().Replace(rest, "");
    }

    [GeneratedRegex(@"\s*\\?[\[【]\s*\^?\s*\d{1,4}(?:\s*[,;–-]\s*\d{1,4}){0,9}\s*\\?[\]】]")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s{0,40}(?:\\|\\?[\[【][\^\d\s,;–-]{0,60}\\?)?$")]
    private static partial Regex PossibleStart();

    [GeneratedRegex(@"\s*\\?[\[【][\^\d\s,;–-]*$")]
    private static partial Regex UnfinishedNumber();
}
