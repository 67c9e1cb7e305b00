using System.Collections.Frozen;

namespace Rag.Retrieval.Text;

/// <summary>A sentence, or a table row, of a text.</summary>
/// <param name="Start">UTF-16 offset in the text that was split.</param>
/// <param name="End">End, excluded; blanks at either end are left out.</param>
/// <param name="IsRow">A line with tabs.</param>
public readonly record struct TextUnit(int Start, int End, bool IsRow);

/// <summary>
/// Splits text into sentences. A line feed always ends one. A full stop does not where it belongs to an abbreviation ("U.S.", "No. 3",
/// "Apple Inc."), a number ("3.5", "1. First") or an initial ("J. Smith"). The one splitter of the product: chunks, evidence and answers
/// agree on what a sentence is.
/// </summary>
public static class SentenceSplitter
{
    /// <summary>Never end a sentence.</summary>
    private static readonly FrozenSet<string> Titles = (
        "mr mrs ms dr prof st rev gen sen rep gov hon capt sgt col vs cf fig figs sec sect art vol ch eq ed eds pp p para approx dept est " +
        "jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e viz al").Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>End a sentence only when a word follows that commonly begins one.</summary>
    private static readonly FrozenSet<string> MayEnd = "inc corp co ltd llc plc jr sr etc u.s u.k u.n e.u d.c a.m p.m ph.d b.c a.d"
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static List<TextUnit> Split(ReadOnlySpan<char> text)
    {
        var units = new List<TextUnit>();
        var start = 0;
        while (start < text.Length)
        {
            var length = text[start..].IndexOf('\n');
            var end = length < 0 ? text.Length : start + length;
            SplitLine(text, start, end, units);
            start = end + 1;
        }

        return units;
    }

    private static void SplitLine(ReadOnlySpan<char> text, int start, int end, List<TextUnit> units)
    {
        if (text[start..end].Trim().Contains('\t'))
        {
            Add(text, start, end, isRow: true, units);
            return;
        }

        for (var i = start; i < end; i++)
        {
            if (text[i] is '。' or '！' or '？')
            {
                Add(text, start, i + 1, isRow: false, units);
                start = i + 1;
            }
            else if (text[i] is '.' or '!' or '?' or '…' && EndOfSentence(text[..end], start, i) is { } next)
            {
                Add(text, start, next, isRow: false, units);
                start = next;
                i = next - 1;
            }
        }

        Add(text, start, end, isRow: false, units);
    }

    /// <returns>Where the next sentence's blanks begin, or null when the sentence goes on.</returns>
    private static int? EndOfSentence(ReadOnlySpan<char> line, int start, int mark)
    {
        var end = mark + 1;
        while (end < line.Length && line[end] is '.' or '!' or '?' or '"' or '\'' or '”' or '’' or ')' or ']' or '»' or '*' or '_')
        {
            end++;
        }

        if (end == line.Length)
        {
            return end;
        }

        if (!char.IsWhiteSpace(line[end]))
        {
            return null;
        }

        var next = end;
        while (next < line.Length && char.IsWhiteSpace(line[next]))
        {
            next++;
        }

        while (next < line.Length && line[next] is '"' or '\'' or '“' or '‘' or '(' or '[' or '«' or '•' or '-' or '–' or '*' or '_')
        {
            next++;
        }

        if (next >= line.Length)
        {
            return end;
        }

        if (line[mark] != '.' || end > mark + 1)
        {
            return char.IsLower(line[next]) ? null : end;
        }

        return char.IsLower(line[next]) || IsAbbreviation(line, start, mark, next) ? null : end;
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> line, int start, int mark, int next)
    {
        var from = mark;
        while (from > start && (char.IsLetterOrDigit(line[from - 1]) || line[from - 1] == '.'))
        {
            from--;
        }

        var word = line[from..mark];
        if (word.IsEmpty)
        {
            return false;
        }

        if (from == start || line[start..from].IsWhiteSpace())
        {
            // "1. First" and "a. First": the number of a list item belongs to it.
            if (word.Length <= 3 && (AllDigits(word) || word.Length == 1))
            {
                return true;
            }
        }

        if (word.Equals("no", StringComparison.OrdinalIgnoreCase) || word.Equals("nos", StringComparison.OrdinalIgnoreCase))
        {
            return char.IsDigit(line[next]);
        }

        var known = word.ToString();
        if (Titles.Contains(known))
        {
            return true;
        }

        if (MayEnd.Contains(known))
        {
            return !BeginsSentence(line, next);
        }

        // An initial: "J. Smith", "J.R. Smith". "I." is more often a pronoun at the end, "plan B." the end too.
        return (word.Length == 1 && char.IsUpper(word[0]) && word[0] != 'I' && !BeginsSentence(line, next))
            || (word.Contains('.') && InitialsOnly(word) && !BeginsSentence(line, next));
    }

    private static bool BeginsSentence(ReadOnlySpan<char> line, int next)
    {
        var end = next;
        while (end < line.Length && char.IsLetter(line[end]))
        {
            end++;
        }

        return end > next && char.IsUpper(line[next]) && StopWords.Contains(line[next..end].ToString().ToLowerInvariant());
    }

    private static bool AllDigits(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    private static bool InitialsOnly(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsLetter(word[i]) : word[i] != '.')
            {
                return false;
            }
        }

        return true;
    }

    private static void Add(ReadOnlySpan<char> text, int start, int end, bool isRow, List<TextUnit> units)
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
            units.Add(new TextUnit(start, end, isRow));
        }
    }
}
