namespace Rag.Ingestion.Extraction;

/// <summary>Tells the lines of fenced code from others. A fence is closed by one of its own kind that is at least as long.</summary>
internal sealed class MarkdownFence
{
    private const int Shortest = 3;

    private char mark;
    private int length;

    /// <returns>Whether the line is code or a fence. Call for each line in order.</returns>
    public bool Enter(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().Trim();
        char first = text.Length > 0 ? text[0] : ' ';
        int run = first is '`' or '~' ? Run(text, first) : 0;
        if (length > 0)
        {
            if (first == mark && run >= length && run == text.Length)
            {
                length = 0;
            }

            return true;
        }

        // Inline code may begin a line; it has its marks again behind.
        if (run < Shortest || (first == '`' && text[run..].Contains('`')))
        {
            return false;
        }

        (mark, length) = (first, run);
        return true;
    }

    private static int Run(ReadOnlySpan<char> text, char mark)
    {
        int run = text.IndexOfAnyExcept(mark);
        return run < 0 ? text.Length : run;
    }
}
