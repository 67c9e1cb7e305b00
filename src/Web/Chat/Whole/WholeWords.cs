using System.Globalization;
using Rag.Web.Shell;

namespace Rag.Web.Chat.Whole;

/// <summary>What the server says about a reading.</summary>
internal static class WholeWords
{
    /// <summary>"read 212 of 212 passages in 3 files".</summary>
    public static string Coverage(WholeReading whole) => string.Create(
        CultureInfo.InvariantCulture, $"read {whole.Read:N0} of {Words.Count(whole.Passages, "passage", "passages")} in {Words.Count(whole.Files, "file", "files")}");

    /// <summary>The sentence above a list; null for a summary, which needs none.</summary>
    public static string? Introduction(WholeReading whole) => whole switch
    {
        { Task: WholeTask.Summary or WholeTask.About } => null,
        { HasValues: true } => $"{Words.Count(whole.Found, "different value", "different values")} for “{whole.Subject}”{Repetitions(whole)}. They were found by how such values are usually written.",
        { Task: WholeTask.Count } =>
            $"“{whole.Subject}” is spoken of in {Words.Count(whole.Places, "place", "places")}. How many different ones these name is for a reader to say; here they are.",
        _ => $"{Words.Count(whole.Found, "sentence or table row speaks", "sentences or table rows speak")} of “{whole.Subject}”{Repetitions(whole)}.",
    };

    public static string Head(WholeReading whole) => whole.Task switch
    {
        WholeTask.Summary when whole.Subject is not null => $"On “{whole.Subject}”, from every passage",
        WholeTask.Summary => "Summary, in the files' own sentences",
        WholeTask.About => "What this is about, in the files' own sentences",
        _ => "Found in every passage",
    };

    private static string Repetitions(WholeReading whole) => whole.Places > whole.Found ? $", in {Words.Count(whole.Places, "place", "places")}" : "";
}
