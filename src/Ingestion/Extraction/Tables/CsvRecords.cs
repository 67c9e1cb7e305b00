namespace Rag.Ingestion.Extraction.Tables;

/// <summary>Reads records of RFC 4180 and of what programs write instead: any delimiter, either kind of line end, quotes that never close.</summary>
internal static class CsvRecords
{
    private const string Delimiters = ",;\t|";
    private const int LinesToJudge = 50;
    private const double UncutFirst = 0.9;

    /// <summary>The delimiter that the file names in its first line ("sep=;"), as spreadsheets write and read it; null for none.</summary>
    public static char? Said(string text) =>
        text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && text.Length > 5 && Delimiters.Contains(text[4], StringComparison.Ordinal) && text[5] is '\r' or '\n' ? text[4] : null;

    /// <summary>The delimiter that cuts the first lines into the same number of cells, the more the better.</summary>
    public static char DelimiterOf(string text)
    {
        char best = ',';
        double bestScore = 0;
        foreach (char delimiter in Delimiters)
        {
            List<int> widths = [.. Read(text, delimiter).Take(LinesToJudge).Where(record => record.Cells.Count > 1 || record.Cells[0].Length > 0).Select(record => record.Cells.Count)];
            if (widths.Count == 0)
            {
                continue;
            }

            int usual = widths.GroupBy(width => width).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;
            double agreeing = widths.Count(width => width == usual) / (double)widths.Count;
            // Commas of figures cut all rows alike, but not the heads above them.
            double score = usual < 2 ? 0 : agreeing * agreeing * (1 + (Math.Min(usual, 20) * 0.05)) * (widths[0] > 1 ? 1 : UncutFirst);
            if (score > bestScore)
            {
                (best, bestScore) = (delimiter, score);
            }
        }

        return best;
    }

    /// <returns>Each record with the number of its first line, from 1.</returns>
    public static IEnumerable<(int Line, List<string> Cells)> Read(string text, char delimiter)
    {
        int position = 0, line = 1;
        var quotes = new QuotedCells(text, delimiter);
        while (position < text.Length)
        {
            int first = line;
            var cells = new List<string>();
            bool ended = false;
            while (!ended)
            {
                string cell = text.Length > position && text[position] == '"' && quotes.At(position) is var (value, next)
                    ? Take(value, next)
                    : Plain();
                cells.Add(cell);
                ended = position >= text.Length || text[position] != delimiter;
                position += ended ? 0 : 1;
            }

            position += position < text.Length && text[position] == '\r' ? 1 : 0;
            position += position < text.Length && text[position] == '\n' ? 1 : 0;
            line++;
            yield return (first, cells);

            string Take(string value, int next)
            {
                line += value.Count(c => c == '\n');
                position = next;
                return value;
            }

            string Plain()
            {
                int end = text.AsSpan(position).IndexOfAny(delimiter, '\r', '\n');
                end = end < 0 ? text.Length : position + end;
                string value = text[position..end];
                position = end;
                return value;
            }
        }
    }
}
