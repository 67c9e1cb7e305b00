namespace Rag.Retrieval.Knowledge;

/// <summary>Maps a range of a document's text to rectangles on a page.</summary>
public static class TextLocator
{
    // Points. Coordinates are stored in sixteenths.
    private const float Touching = 0.25f;

    /// <summary>
    /// One rectangle for each line of the page that the range touches, cut to the characters inside the range; for a line read from right to left one for each
    /// stretch of the line, since what is read together need not stand together.
    /// </summary>
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

            if (line.Lefts is { } lefts)
            {
                AddStretches(boxes, page, line, lefts, from, to);
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

    /// <summary>Blanks join the characters on both sides of them and are not marked else.</summary>
    private static void AddStretches(List<PageBox> boxes, PageText page, TextLine line, float[] lefts, int from, int to)
    {
        to = Math.Min(to, Math.Min(lefts.Length, line.Edges.Length));
        float left = 0, right = 0, reach = float.NegativeInfinity;   // of the stretch at hand
        foreach (var character in Enumerable.Range(from, Math.Max(0, to - from)).OrderBy(c => lefts[c]).ThenBy(c => line.Edges[c]))
        {
            var blank = IsBlank(page, line.Start + character);
            if (lefts[character] > reach + Touching)
            {
                Add();
                if (blank)
                {
                    continue;
                }

                left = reach = lefts[character];
            }

            reach = Math.Max(reach, line.Edges[character]);
            right = blank ? right : reach;
        }

        Add();

        void Add()
        {
            if (right > left)
            {
                boxes.Add(new PageBox(line.X + left, line.Y, right - left, line.Height));
            }

            (left, right, reach) = (0, 0, float.NegativeInfinity);
        }
    }

    /// <summary>Where a line's geometry is coarser than its text, the whole line is marked rather than nothing.</summary>
    private static float Edge(TextLine line, int character) => character < line.Edges.Length ? line.Edges[character] : line.Width;

    private static bool IsBlank(PageText page, int offset)
    {
        var index = offset - page.Start;
        return index >= 0 && index < page.Text.Length && char.IsWhiteSpace(page.Text[index]);
    }
}
