using System.Globalization;
using System.Text;
using Rag.Web.Shell;

namespace Rag.Web.Chat;

/// <summary>Figures and places of an answer as a reader says them.</summary>
internal static class AnswerWords
{
    /// <summary>Stands above the quotes of <see cref="StoredAnswer.ByWordsAlone"/>.</summary>
    public const string ByWordsAlone =
        "Searched by words alone: the files are being prepared for another embedding model. Matches by meaning come back when that is done.";

    public static string Page(StoredCitation citation) => PlaceWords.Of(citation.FileName, citation.Page, citation.PageLabel);

    public static string Label(StoredCitation citation) => $"Source {citation.Number.ToString(CultureInfo.InvariantCulture)}: {citation.Title}, {Page(citation)}";

    public static string Searched(StoredAnswer answer)
    {
        var files = $"searched {Words.Count(answer.FilesSearched, "file", "files")}";
        return answer.Timings.Search is { } milliseconds ? $"{files}, {Seconds(milliseconds)}" : files;
    }

    public static string Seconds(double milliseconds) => milliseconds < 50
        ? "under 0.1 s"
        : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s");

    /// <summary>The answer as plain text with its sources, for the clipboard.</summary>
    public static string Copy(TurnView turn)
    {
        if (turn.Answer is not { } answer)
        {
            return "";
        }

        var text = new StringBuilder();
        if (answer.Text is { } own)
        {
            text.AppendLine(own);
        }

        foreach (var citation in answer.QuotedCitations)
        {
            text.Append('“').Append(citation.Quote.Replace('\t', ' ')).Append("” (").Append(citation.Title).Append(", ").Append(Page(citation)).AppendLine(")");
        }

        if (answer.ModelText is { Length: > 0 } words)
        {
            text.AppendLine().Append("In the words of ").Append(answer.ModelName).AppendLine(", to be checked against the quotes:").AppendLine(words);
        }

        return text.ToString().Trim();
    }
}
