using System.Globalization;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>What an owner is told of pages on which no text was found.</summary>
internal static class WarningSentence
{
    private const int MostRanges = 6;

    /// <returns>Null when there is nothing to warn of.</returns>
    public static string? For(DocumentFacts facts, int passages)
    {
        var explained = facts.UnreadScans.SelectMany(unread => unread.Pages).ToHashSet();
        string? empty = passages == 0 ? Refusals.NoTextFound : For([.. facts.PagesWithoutText.Where(page => !explained.Contains(page))], facts.PageCount);
        IEnumerable<string?> sentences =
        [
            empty,
            .. facts.UnreadScans.Select(unread => $"{Named(unread.Pages)} {(unread.Pages.Count == 1 ? "is a scan" : "are scans")} that could not be read: {unread.Why}."),
            facts.UnsurePages.Count == 0 ? null : $"{Named(facts.UnsurePages)} {(facts.UnsurePages.Count == 1 ? "is a scan" : "are scans")} hard to read by OCR; compare answers with the file.",
        ];
        string all = string.Join(' ', sentences.Where(sentence => sentence is not null));
        return all.Length == 0 ? null : all;
    }

    /// <summary>A sentence with a space before it; empty when nothing was recognised.</summary>
    public static string Recognised(DocumentFacts facts) =>
        facts.RecognisedPages.Count == 0 ? "" : $" The text of {Named(facts.RecognisedPages).Replace('P', 'p')} was recognised from pictures (OCR).";

    /// <returns>Null when every page has text.</returns>
    public static string? For(IReadOnlyList<int> pagesWithoutText, int pageCount)
    {
        if (pagesWithoutText.Count == 0)
        {
            return null;
        }

        if (pagesWithoutText.Count >= pageCount)
        {
            return Refusals.NoTextFound;
        }

        return pagesWithoutText.Count == 1
            ? $"Page {pagesWithoutText[0]} has no text; it may be a scan and cannot be searched."
            : $"Pages {Listed(pagesWithoutText)} have no text; they may be scans and cannot be searched.";
    }

    private static string Named(IReadOnlyList<int> pages) => (pages.Count == 1 ? "Page " : "Pages ") + Listed(pages);

    private static string Listed(IReadOnlyList<int> pages)
    {
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

        var shown = ranges.Count > MostRanges ? ranges[..(MostRanges - 1)] : ranges;
        var parts = shown.ConvertAll(range => range.From == range.To
            ? range.From.ToString(CultureInfo.InvariantCulture)
            : $"{range.From}–{range.To}");
        if (shown.Count < ranges.Count)
        {
            parts.Add($"{pages.Count - shown.Sum(range => range.To - range.From + 1)} more");
        }

        return parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
    }
}
