namespace Rag.Ingestion.Chunking;

/// <summary>Cuts running text into sentences. When in doubt it does not cut: a long piece is better than half a sentence.</summary>
internal static class SentenceSplitter
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Jr", "Sr", "Inc", "Corp", "Co", "Ltd", "No", "Nos", "vs", "etc", "approx", "Fig", "Figs", "Eq", "Sec", "Art",
        "Vol", "pp", "ed", "eds", "cf", "al", "ca", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "Rep", "Gen", "Sen",
        "e.g", "i.e", "U.S", "U.K", "a.m", "p.m", "Ph.D",
    };

    /// <returns>Ranges of the text, white space between them left out; together they hold all else.</returns>
    public static IEnumerable<(int Start, int End)> Split(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int end = EndAt(text, i);
            if (end > 0)
            {
                foreach (var range in Trimmed(text, start, end))
                {
                    yield return range;
                }

                start = end;
                i = end - 1;
            }
        }

        foreach (var range in Trimmed(text, start, text.Length))
        {
            yield return range;
        }
    }

    /// <returns>Where the sentence that may end at <paramref name="i"/> ends, closing quotes included; 0 when it goes on.</returns>
    private static int EndAt(string text, int i)
    {
        if (text[i] is '。' or '！' or '？')
        {
            return i + 1;   // written without spaces between sentences
        }

        if (text[i] is not ('.' or '!' or '?'))
        {
            return 0;
        }

        int end = i + 1;
        while (end < text.Length && text[end] is '.' or '!' or '?' or '"' or '\'' or '”' or '’' or ')' or ']' or '»')
        {
            end++;
        }

        int next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
        {
            next++;
        }

        if (next == end || next == text.Length)
        {
            return 0;
        }

        bool begins = char.IsUpper(text[next]) || char.IsDigit(text[next]) || text[next] is '"' or '“' or '‘' or '(' or '[' or '«' or '•' || text[next] > '\u2E80';
        return begins && !(text[i] == '.' && IsAbbreviation(text, i)) ? end : 0;
    }

    private static bool IsAbbreviation(string text, int dot)
    {
        int start = dot;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]) && text[start - 1] is not ('(' or '“' or '"'))
        {
            start--;
        }

        string word = text[start..dot];
        return Abbreviations.Contains(word) || (word.Length == 1 && char.IsUpper(word[0]));
    }

    private static IEnumerable<(int Start, int End)> Trimmed(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        if (end > start)
        {
            yield return (start, end);
        }
    }
}
