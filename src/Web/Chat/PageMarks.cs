using Rag.Retrieval.Knowledge;

namespace Rag.Web.Chat;

/// <summary>Maps a range of the document's text to rectangles on one page.</summary>
internal static class PageMarks
{
    /// <param name="start">UTF-16 offset in the document's text; <paramref name="end"/> is excluded.</param>
    /// <returns>One rectangle for each line that the range touches; for a line read from right to left, for each stretch of it.</returns>
    public static IReadOnlyList<PageBox> Find(PageText page, int start, int end)
    {
        List<PageBox> boxes = [];
        foreach (var line in page.Lines)
        {
            var from = Math.Max(start, line.Start) - line.Start;
            var to = Math.Min(end, line.Start + line.Length) - line.Start;
            if (from >= to || line.Edges.Length == 0)
            {
                continue;
            }

            if (line.Lefts is not null)
            {
                boxes.AddRange(TextLocator.Boxes(page with { Lines = [line] }, start, end));
                continue;
            }

            var left = from == 0 ? 0 : line.Edges[Math.Min(from, line.Edges.Length) - 1];
            var right = line.Edges[Math.Min(to, line.Edges.Length) - 1];
            if (right > left)
            {
                boxes.Add(new PageBox(line.X + left, line.Y, right - left, line.Height));
            }
        }

        return boxes;
    }
}
