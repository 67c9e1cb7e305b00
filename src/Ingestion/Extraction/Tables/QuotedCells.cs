namespace Rag.Ingestion.Extraction.Tables;

/// <summary>
/// Finds where quoted cells end. A quote closes a cell where an odd number of quotes stands before a delimiter, a line end or the end of the text,
/// wherever the cell began; so each character is looked at once, however many cells open a quote that never closes.
/// </summary>
internal sealed class QuotedCells(string text, char delimiter)
{
    /// <summary>A quoted cell with more lines than this was never closed.</summary>
    private const int MaxLinesInCell = 200;

    private int close = -1;   // the closing quote last found; the text's length when there is none any more
    private int closeLine, closeCounted;   // line feeds before it
    private int openLine, openCounted;

    /// <param name="open">Of a quote at the beginning of a cell; never before the last one asked for.</param>
    /// <returns>What the cell holds and where the text goes on. Null when the quote never closes: then it is a character like any other.</returns>
    public (string Value, int Next)? At(int open)
    {
        int run = RunEnd(open);
        if ((run - open) % 2 == 0 && Ends(run))
        {
            return (Inside(open, run - 1), run);   // only quotes in it
        }

        Find(run);
        return close < text.Length && Lines(open, close) <= MaxLinesInCell ? (Inside(open, close), close + 1) : null;
    }

    private string Inside(int open, int end) => text[(open + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal);

    /// <summary>The first closing quote at or after a place.</summary>
    private void Find(int from)
    {
        while (close < from)
        {
            int quote = text.IndexOf('"', from);
            if (quote < 0)
            {
                close = text.Length;
                return;
            }

            from = RunEnd(quote);
            if ((from - quote) % 2 == 1 && Ends(from))
            {
                close = from - 1;
                return;
            }
        }
    }

    private int RunEnd(int start)
    {
        while (start < text.Length && text[start] == '"')
        {
            start++;
        }

        return start;
    }

    private bool Ends(int i) => i == text.Length || text[i] == delimiter || text[i] is '\r' or '\n';

    /// <summary>Line feeds between two places; both only move on.</summary>
    private int Lines(int open, int end)
    {
        openLine += text.AsSpan(openCounted, open - openCounted).Count('\n');
        openCounted = open;
        if (end > closeCounted)
        {
            closeLine += text.AsSpan(closeCounted, end - closeCounted).Count('\n');
            closeCounted = end;
        }

        return closeLine - openLine;
    }
}
