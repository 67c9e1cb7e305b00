using System.Globalization;

namespace Rag.Web.Shell;

/// <summary>Times and counts as people say them.</summary>
public static class Words
{
    public static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    /// <summary>How long ago, coarsely.</summary>
    public static string Ago(DateTime then, DateTime now) => (now - then) switch
    {
        { TotalSeconds: < 60 } => "just now",
        { TotalMinutes: < 60 } age => Count((int)age.TotalMinutes, "minute", "minutes") + " ago",
        { TotalHours: < 24 } age => Count((int)age.TotalHours, "hour", "hours") + " ago",
        { TotalDays: < 14 } age => Count((int)age.TotalDays, "day", "days") + " ago",
        _ => "on " + Date(then),
    };

    public static string Date(DateTime instant) => instant.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>"Page 3", "Pages 7–19, 21 and 30": ranges are joined, many are cut to "and 12 more".</summary>
    /// <param name="pages">Ascending, from 1; not empty.</param>
    public static string Pages(IReadOnlyList<int> pages, string unit = "Page")
    {
        const int mostRanges = 6;
        var ranges = new List<(int From, int To)>();
        foreach (var page in pages)
        {
            if (ranges.Count > 0 && ranges[^1].To == page - 1)
            {
                ranges[^1] = (ranges[^1].From, page);
            }
            else
            {
                ranges.Add((page, page));
            }
        }

        var shown = ranges.Count > mostRanges ? ranges[..(mostRanges - 1)] : ranges;
        var parts = shown.ConvertAll(range => string.Create(CultureInfo.InvariantCulture, $"{range.From:N0}{(range.From == range.To ? "" : $"–{range.To:N0}")}"));
        if (shown.Count < ranges.Count)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{pages.Count - shown.Sum(range => range.To - range.From + 1):N0} more"));
        }

        return $"{unit}{(pages.Count == 1 ? "" : "s")} {(parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts[..^1])} and {parts[^1]}")}";
    }

    /// <summary>"12 pages/s", "0.4 pages/s", "2.4 pages/min".</summary>
    public static string Rate(double perSecond, string one, string many) => perSecond < 0.1
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(perSecond * 60, 1):0.#} {many}/min")
        : string.Create(CultureInfo.InvariantCulture, $"{(perSecond >= 10 ? Math.Round(perSecond) : Math.Round(perSecond, 1)):0.#} {(perSecond == 1 ? one : many)}/s");

    /// <summary>Time left, rounded as an estimate deserves.</summary>
    public static string Left(double seconds) => seconds switch
    {
        < 10 => "a few seconds left",
        < 60 => $"about {Math.Ceiling(seconds / 10) * 10:0} s left",
        < 90 => "about 1 min left",
        < 3600 => $"about {Math.Round(seconds / 60):0} min left",
        _ => $"about {Math.Round(seconds / 3600):0} h left",
    };
}
