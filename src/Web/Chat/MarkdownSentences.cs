using System.Buffers;
using Rag.Retrieval.Text;

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
internal static class MarkdownSentences
{
    private static readonly SearchValues<char> TableRules = SearchValues.Create("|-: \t\r");

    /// <summary>A line of nothing else is a rule or an empty list mark.</summary>
    private static readonly SearchValues<char> Signs = SearchValues.Create("*_-=#>` \t");

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

        foreach (var sentence in SentenceSplitter.Split(text.AsSpan(start, end - start)))
        {
            Add(text, start + sentence.Start, start + sentence.End, sentences);
        }
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
