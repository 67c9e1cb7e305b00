namespace Rag.Retrieval.Knowledge;

/// <summary>Maps a range of a document's text to rectangles on a page.</summary>
public static class TextLocator
{
    /// <summary>One rectangle for each line of the page that the range touches, cut to the characters inside the range.</summary>
    /// <param name="start">UTF-16 offset in the document's text.</param>
    /// <param name="end">End of the range, excluded. What lies on other pages is left out.</param>
    public static IReadOnlyList<PageBox> Boxes(PageText page, int start, int end)
    {
        var boxes = new List<PageBox>();
        foreach (var line in page.Lines)
        {
            var from = Math.Max(start, line.Start) - line.Start;
            var to = Math.Min(end, line.Start + line.Length) - line.Start;
            while (from < to && IsBlank(page, line.Start + from))
            {
                from++;
            }

            while (to > from && IsBlank(page, line.Start + to - 1))
            {
                to--;
            }

            if (from >= to)
            {
                continue;
            }

            var left = from == 0 ? 0 : Edge(line, from - 1);
            var right = to == line.Length ? line.Width : Edge(line, to - 1);
            if (right > left)
            {
                boxes.Add(new PageBox(line.X + left, line.Y, right - left, line.Height));
            }
        }

        return boxes;
    }

    /// <summary>Where a line's geometry is coarser than its text, the whole line is marked rather than nothing.</summary>
    private static float Edge(TextLine line, int character) => character < line.Edges.Length ? line.Edges[character] : line.Width;

    private static bool IsBlank(PageText page, int offset)
    {
        var index = offset - page.Start;
        return index >= 0 && index < page.Text.Length && char.IsWhiteSpace(page.Text[index]);
    }
}
