using System.Globalization;
using System.Text;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>A line near the edge of a page. Its numbers are blanked out in <paramref name="Pattern"/>, so "page 3" and "page 4" are alike.</summary>
/// <param name="Ends">What may be the page's number, whatever stands beside it.</param>
internal sealed record MarginLine(Line Line, bool Top, string Pattern, IReadOnlyList<int> Numbers, IReadOnlyList<PrintedNumber> Ends)
{
    private const float Margin = 0.11f;   // of the page's height

    /// <summary>Lines within the margins, and the first and last line wherever they stand: some writers put the footer right below the text.</summary>
    public static IReadOnlyList<MarginLine> Of(List<Line> lines, float height)
    {
        List<Line> straight = [.. lines.Where(line => line.Turn == Turn.Rightwards).OrderBy(line => line.Baseline)];
        return
        [
            .. straight.Where((line, i) => line.Cells.Count <= 3 &&
                    (i == 0 || i == straight.Count - 1 || line.Bottom < Margin * height || line.Top > (1 - Margin) * height))
                .Select(line => Parse(line, line.Bottom < Margin * height || (line == straight[0] && line.Top < (1 - Margin) * height))),
        ];
    }

    private static MarginLine Parse(Line line, bool top)
    {
        var pattern = new StringBuilder();
        var numbers = new List<int>();
        string text = line.Text;
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                i++;
            }

            if (i > start)
            {
                pattern.Append('#');
                numbers.Add(int.TryParse(text.AsSpan(start, i - start), CultureInfo.InvariantCulture, out int number) ? number : -1);
            }
            else
            {
                pattern.Append(text[i++]);
            }
        }

        return new MarginLine(line, top, pattern.ToString(), numbers, PrintedNumber.AtEndsOf(line));
    }
}

/// <summary>
/// Drops headers, footers and page numbers: what stands at the same height, worded alike, on the pages around. Beside a page number that counts on at the same
/// height, the wording may change: running titles are those of the chapter on one page and of the section on the next.
/// </summary>
internal static class RunningLines
{
    /// <summary>How many pages before and after are compared.</summary>
    public const int Window = 3;

    private const float SameHeight = 4;
    private const int FewestCounting = 2;   // pages around that a page number leads to

    public static void Drop(LaidOutPage page, IReadOnlyList<LaidOutPage> neighbours)
    {
        // From the edge inwards; the first line that is not repeated ends the margin.
        DropFromEdge(page, neighbours, page.Margins.Where(line => line.Top).OrderBy(line => line.Line.Baseline));
        DropFromEdge(page, neighbours, page.Margins.Where(line => !line.Top).OrderByDescending(line => line.Line.Baseline));
    }

    private static void DropFromEdge(LaidOutPage page, IReadOnlyList<LaidOutPage> neighbours, IEnumerable<MarginLine> fromEdge)
    {
        int needed = neighbours.Count >= 4 ? 2 : 1;
        foreach (MarginLine line in fromEdge)
        {
            var alike = new List<(int Pages, MarginLine Line)>();
            foreach (LaidOutPage other in neighbours)
            {
                if (other.Margins.FirstOrDefault(candidate => IsAlike(line, candidate, other.Number - page.Number)) is { } found)
                {
                    alike.Add((other.Number - page.Number, found));
                }
            }

            if (alike.Count < needed)
            {
                if (Counting(line, page, neighbours) is not { } printed)
                {
                    return;
                }

                page.Label = printed.IsRoman || printed.Value != page.Number ? printed.Text : page.Label;
                page.Lines.Remove(line.Line);
                continue;
            }

            for (int i = 0; i < line.Numbers.Count; i++)
            {
                if (line.Numbers[i] != page.Number && alike.TrueForAll(found => found.Line.Numbers[i] - line.Numbers[i] == found.Pages))
                {
                    page.Label = line.Numbers[i].ToString(CultureInfo.InvariantCulture);
                }
            }

            page.Lines.Remove(line.Line);
        }
    }

    /// <summary>The page number on the line, where lines at the same height of the pages around count on.</summary>
    private static PrintedNumber? Counting(MarginLine line, LaidOutPage page, IReadOnlyList<LaidOutPage> neighbours)
    {
        foreach (PrintedNumber end in line.Ends)
        {
            int count = neighbours.Count(other => other.Margins.Any(candidate => candidate.Top == line.Top &&
                Math.Abs(candidate.Line.Baseline - line.Line.Baseline) < SameHeight && candidate.Ends.Any(number => end.Counts(number, other.Number - page.Number))));
            if (count >= FewestCounting)
            {
                return end;
            }
        }

        return null;
    }

    /// <param name="pages">How many pages the other line is after this one; negative before.</param>
    private static bool IsAlike(MarginLine line, MarginLine other, int pages)
    {
        if (line.Top != other.Top || line.Pattern != other.Pattern)
        {
            return false;
        }

        // Each number counts the pages or stays as it is; where none counts, the line must stand at the same height.
        var numbers = line.Numbers.Zip(other.Numbers).ToList();
        bool counts = numbers.Exists(pair => pair.Second - pair.First == pages);
        return numbers.TrueForAll(pair => pair.First == pair.Second || pair.Second - pair.First == pages) &&
            (counts || Math.Abs(line.Line.Baseline - other.Line.Baseline) < SameHeight);
    }
}
