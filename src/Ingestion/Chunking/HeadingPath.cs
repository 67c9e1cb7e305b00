namespace Rag.Ingestion.Chunking;

/// <summary>The headings above the present place, outermost first.</summary>
internal sealed class HeadingPath(TokenWindow window)
{
    private const string Separator = " › ";

    private readonly List<(float Rank, string Text)> headings = [];

    /// <summary>A heading stands under the last one that looks weightier; those of its own weight or less end.</summary>
    public void Enter(float rank, string text)
    {
        while (headings.Count > 0 && headings[^1].Rank <= rank)
        {
            headings.RemoveAt(headings.Count - 1);
        }

        headings.Add((rank, text));
    }

    /// <summary>As much of the path as fits, the innermost headings first; null where there is none.</summary>
    public string? ToText(int limit)
    {
        string? path = null;
        if (limit <= 0)
        {
            return null;
        }

        for (int i = headings.Count - 1; i >= 0; i--)
        {
            string longer = path is null ? headings[i].Text : headings[i].Text + Separator + path;
            if (window.Cost(longer) > limit)
            {
                return path ?? window.Head(headings[i].Text, limit);
            }

            path = longer;
        }

        return path;
    }
}
