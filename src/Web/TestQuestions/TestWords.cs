using System.Globalization;
using Rag.Web.Shell;

namespace Rag.Web.TestQuestions;

/// <summary>Results of test questions as their owner reads them.</summary>
internal static class TestWords
{
    public static string Expected(string fileName, int? page) =>
        page is { } number ? string.Create(CultureInfo.InvariantCulture, $"{fileName}, p. {number}") : $"{fileName}, any page";

    public static string Outcome(TestOutcome outcome) => outcome switch
    {
        { Failed: true } => "could not be asked",
        { Refused: true } => "“not in these files”",
        { Rank: { } rank, Cited: true } => $"{Ordinal(rank)} quote",
        { Rank: { } rank } => $"{Ordinal(rank)} quote, not cited",
        { PassageRank: { } rank } => $"not quoted ({Ordinal(rank)} passage)",
        _ => "page not found",
    };

    /// <summary>"9 of 10 find their page, was 8"; null before the first run.</summary>
    public static string? Total(TestReport report)
    {
        if (report.Asked == 0)
        {
            return null;
        }

        var now = string.Create(CultureInfo.InvariantCulture, $"{report.Found} of {report.Asked} find their page");
        return report.FoundBefore is not { } before ? now
            : before == report.Found && report.AskedBefore == report.Asked ? $"{now}, as before"
            : string.Create(CultureInfo.InvariantCulture, $"{now}, was {before}{(report.AskedBefore == report.Asked ? "" : $" of {report.AskedBefore}")}");
    }

    /// <summary>What lies between the two; null where nothing changed.</summary>
    public static string? Change(TestReport report) => report.Changed.Count == 0 ? null : $"the {string.Join(" and the ", report.Changed)} changed:";

    public static string Running(TestProgress progress) =>
        string.Create(CultureInfo.InvariantCulture, $"asking {Math.Min(progress.Done + 1, progress.Total)} of {Words.Count(progress.Total, "question", "questions")} …");

    private static string Ordinal(int number) => number switch
    {
        1 => "1st",
        2 => "2nd",
        3 => "3rd",
        _ => $"{number.ToString(CultureInfo.InvariantCulture)}th",
    };
}
