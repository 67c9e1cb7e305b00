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
