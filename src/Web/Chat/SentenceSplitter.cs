using System.Buffers;

namespace Rag.Web.Chat;

/// <summary>A sentence's place in a text: UTF-16 offset and length.</summary>
internal readonly record struct TextSpan(int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>
/// Cuts Markdown text into sentences by line and by end mark. List marks, heading marks and fenced code belong to no sentence; a table row
/// is one sentence.
/// </summary>
internal static class SentenceSplitter
{
    private static readonly SearchValues<char> EndMarks = SearchValues.Create(".!?。！？");

    private static readonly SearchValues<char> TableRules = SearchValues.Create("|-: \t\r");

    /// <summary>A line of nothing else is a rule or an empty list mark.</summary>
    private static readonly SearchValues<char> Signs = SearchValues.Create("*_-=#>` \t");

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "vs", "etc", "inc", "corp", "co", "ltd", "approx", "fig", "figs", "eq", "sec",
        "art", "para", "p", "pp", "vol", "ed", "cf", "e.g", "i.e", "u.s", "u.k", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    };

    public static IReadOnlyList<TextSpan> Split(string text)
    {
        List<TextSpan> sentences = [];
        var fenced = false;
        for (var lineStart = 0; lineStart < text.Length;)
        {
            var newline = text.IndexOf('\n', lineStart);
            var lineEnd = newline < 0 ? text.Length : newline;
            var line = text.AsSpan(lineStart, lineEnd - lineStart);
            if (line.TrimStart().StartsWith("```") || line.TrimStart().StartsWith("~~~"))
            {
                fenced = !fenced;
            }
            else if (!fenced)
            {
                SplitLine(text, lineStart + BlockMarkLength(line), lineEnd, sentences);
            }

            lineStart = lineEnd + 1;
        }

        return sentences;
    }

    private static void SplitLine(string text, int start, int end, List<TextSpan> sentences)
    {
        if (start < end && text[start] == '|')
        {
            if (text.AsSpan(start, end - start).ContainsAnyExcept(TableRules))
            {
                Add(text, start, end, sentences);
            }

            return;
        }

        var from = start;
        for (var i = start; i < end; i++)
        {
            if (!EndMarks.Contains(text[i]))
            {
                continue;
            }

            var after = i + 1;
            while (after < end && (EndMarks.Contains(text[after]) || text[after] is '"' or '\'' or '”' or '’' or ')' or ']' or '*' or '_'))
            {
                after++;
            }

            if (EndsSentence(text, from, i, after, end))
            {
                Add(text, from, after, sentences);
                from = after;
            }

            i = after - 1;
        }

        Add(text, from, end, sentences);
    }

    private static bool EndsSentence(string text, int from, int mark, int after, int end)
    {
        if (after >= end || text[mark] is '。' or '！' or '？')
        {
            return true;
        }

        if (!char.IsWhiteSpace(text[after]))
        {
            return false;
        }

        var next = after;
        while (next < end && (char.IsWhiteSpace(text[next]) || text[next] is '*' or '_' or '"' or '“' or '(' or '\''))
        {
            next++;
        }

        if (next < end && char.IsLower(text[next]))
        {
            return false;
        }

        return text[mark] != '.' || !IsAbbreviation(LastWord(text, from, mark));
    }

    private static bool IsAbbreviation(string word) => (word.Length == 1 && char.IsUpper(word[0])) || Abbreviations.Contains(word);

    private static string LastWord(string text, int from, int mark)
    {
        var start = mark;
        while (start > from && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '.'))
        {
            start--;
        }

        return text[start..mark];
    }

    private static void Add(string text, int start, int end, List<TextSpan> sentences)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        if (text.AsSpan(start, end - start).ContainsAnyExcept(Signs))
        {
            sentences.Add(new TextSpan(start, end - start));
        }
    }

    /// <summary>Length of quote, heading and list marks at the start of a line.</summary>
    private static int BlockMarkLength(ReadOnlySpan<char> line)
    {
        var i = 0;
        for (; ; )
        {
            while (i < line.Length && (line[i] is ' ' or '\t'))
            {
                i++;
            }

            var mark = i;
            if (i < line.Length && line[i] == '>')
            {
                i++;
                continue;
            }

            while (mark < line.Length && (line[mark] == '#' || char.IsAsciiDigit(line[mark])))
            {
                mark++;
            }

            if (mark > i && line[mark - 1] != '#')
            {
                mark = mark < line.Length && line[mark] is '.' or ')' ? mark + 1 : i;
            }
            else if (mark == i && i < line.Length && line[i] is '-' or '*' or '+')
            {
                mark = i + 1;
            }

            if (mark == i || mark >= line.Length || line[mark] is not (' ' or '\t'))
            {
                return i;
            }

            i = mark;
        }
    }
}
