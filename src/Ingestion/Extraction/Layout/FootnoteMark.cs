namespace Rag.Ingestion.Extraction.Layout;

/// <summary>What a note begins with: "1", "*", "†", a superscript letter.</summary>
/// <param name="Key">As the text calls it: "1" for "¹", "(1)" for "(1)", "+1" for a digit that a font draws raised, which nothing but the word beside it shows.</param>
/// <param name="Length">Characters of the first word that it takes.</param>
/// <param name="Number">Null for symbols and letters.</param>
/// <param name="IsPlain">Could as well number the lines of a list, a program or a table: it is a mark only where the text calls it.</param>
internal readonly record struct FootnoteMark(string Key, int Length, int? Number, bool IsPlain)
{
    private const string Symbols = "*∗†‡§¶‖";
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    private const string Drawn = "+";
    private const string BeforeCalls = ".,;:!?)\"”’»";
    private const float SmallerThan = 0.87f;   // of its word or line
    private const int MostDigits = 3;
    private const int WordsOfRunningText = 3;

    /// <summary>Whether a line that begins with <paramref name="word"/> is worth a look.</summary>
    public static bool MayBegin(Word word) =>
        char.IsAsciiDigit(word.Text[0]) || word.Text[0] is '(' || IsSymbol(word.Text[0]) || IsSuperscript(word.Text[0]) || (word.Text.Length == 1 && char.IsAsciiLetterLower(word.Text[0])) || IsRaised(word.FirstSize, word.Size);

    /// <summary>The mark in front of a line; null where there is none or no words follow.</summary>
    /// <param name="size">Of the line, in points.</param>
    public static FootnoteMark? Of(List<Word> words, float size)
    {
        string text = words[0].Text;
        bool raised = IsRaised(words[0].FirstSize, size) || IsSuperscript(text[0]);
        if (text[0] is '(')   // "[1]" begins an entry of a list of references
        {
            int close = text.IndexOf(')', StringComparison.Ordinal);
            return close is > 1 and <= MostDigits + 1 && Digits(text.AsSpan(1)) == close - 1 && Follow(words, text, close + 1, glued: false)
                ? new FootnoteMark(text[..(close + 1)], close + 1, Value(text.AsSpan(1, close - 1)), IsPlain: true)
                : null;
        }

        if (IsSymbol(text[0]))
        {
            int length = Run(text);
            return length <= MostDigits && Follow(words, text, length, glued: true) ? new FootnoteMark(text[..length], length, null, IsPlain: text[0] is '§' or '¶' or '‖') : null;
        }

        if (Digits(text) is var digits and > 0 and <= MostDigits)
        {
            bool point = !raised && text.Length == digits + 1 && text[digits] is '.' or ')';
            int length = point ? digits + 1 : digits;
            bool drawnRaised = !raised && !point && length < text.Length && char.IsUpper(text[length]);
            return Follow(words, text, length, glued: raised || drawnRaised)
                ? new FootnoteMark((drawnRaised ? Drawn : "") + Plain(text.AsSpan(0, digits)), length, Value(text.AsSpan(0, digits)), IsPlain: !raised)
                : null;
        }

        return raised && char.IsAsciiLetterLower(text[0]) && (text.Length == 1 || words[0].Size > words[0].FirstSize) && Follow(words, text, 1, glued: true)
            ? new FootnoteMark(text[..1], 1, null, IsPlain: true)
            : null;
    }

    /// <summary>Notes that running text calls: small marks at the end of its words, "(1)", "*".</summary>
    /// <param name="limit">What is as small as that calls nothing.</param>
    public static HashSet<string> Calls(IEnumerable<Line> lines, float limit)
    {
        var calls = new HashSet<string>();
        foreach (Line line in lines)
        {
            foreach (Cell cell in line.Cells)
            {
                float size = SizeOf(cell.Words);
                if (size > limit && (line.Cells.Count == 1 || cell.Words.Count >= WordsOfRunningText))
                {
                    cell.Words.ForEach(word => AddCalls(calls, word, size));
                }
            }
        }

        return calls;
    }

    /// <summary>Of the longest word, in points.</summary>
    public static float SizeOf(List<Word> words)
    {
        Word longest = words[0];
        foreach (Word word in words)
        {
            longest = word.Text.Length > longest.Text.Length ? word : longest;
        }

        return longest.Size;
    }

    private static void AddCalls(HashSet<string> calls, Word word, float size)
    {
        string text = word.Text;
        char last = text[^1];
        bool raised = IsRaised(word.LastSize, size);
        if (last is ')')
        {
            int open = text.LastIndexOf('(');
            if (open >= 0 && text.Length - open <= MostDigits + 2)
            {
                calls.Add(text[open..]);
            }
        }
        else if (IsSymbol(last))
        {
            int length = text.Length - text.AsSpan().TrimEnd(last).Length;
            calls.Add(text[^length..]);
        }
        else if (raised && char.IsAsciiLetterLower(last) && (text.Length == 1 || word.Size > word.LastSize))
        {
            calls.Add(text[^1..]);
        }
        else if (!raised && char.IsAsciiDigit(last))
        {
            int start = text.AsSpan().TrimEnd("0123456789").Length;
            if (start > 0 && text.Length - start <= MostDigits && (char.IsLower(text[start - 1]) || BeforeCalls.Contains(text[start - 1], StringComparison.Ordinal)))
            {
                calls.Add(Drawn + text[start..]);
            }
        }
        else
        {
            for (int end = text.Length; end > 0;)
            {
                int start = end;
                while (start > 0 && (IsSuperscript(text[start - 1]) || (raised && char.IsAsciiDigit(text[start - 1]))))
                {
                    start--;
                }

                if (start == end || end - start > MostDigits)
                {
                    return;
                }

                calls.Add(Plain(text.AsSpan(start, end - start)));
                end = start > 1 && text[start - 1] == ',' ? start - 1 : 0;   // "1,2" calls two
            }
        }
    }

    /// <summary>Whether letters come after the mark. In one word with it only where the mark is set off from them.</summary>
    private static bool Follow(List<Word> words, string text, int length, bool glued)
    {
        if (length < text.Length)
        {
            return glued && (char.IsLetter(text[length]) || text[length] is '(' or '"' or '“' or '‘' or '«' or '„' or '’');
        }

        for (int i = 1; i < words.Count; i++)
        {
            if (words[i].Text.AsSpan().ContainsAnyInRange('A', 'z') || words[i].Text.Any(char.IsLetter))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRaised(float size, float around) => size > 0 && size < SmallerThan * around;

    private static bool IsSymbol(char c) => Symbols.Contains(c, StringComparison.Ordinal);

    private static bool IsSuperscript(char c) => c > '\u00AA' && Superscripts.Contains(c, StringComparison.Ordinal);

    private static int Run(string text)
    {
        int length = 1;
        while (length < text.Length && text[length] == text[0])
        {
            length++;
        }

        return length;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || IsSuperscript(text[length])))
        {
            length++;
        }

        return length;
    }

    private static string Plain(ReadOnlySpan<char> mark)
    {
        Span<char> plain = stackalloc char[mark.Length];
        for (int i = 0; i < mark.Length; i++)
        {
            int digit = Superscripts.IndexOf(mark[i], StringComparison.Ordinal);
            plain[i] = digit < 0 ? mark[i] : (char)('0' + digit);
        }

        return new string(plain);
    }

    private static int Value(ReadOnlySpan<char> digits)
    {
        int value = 0;
        foreach (char c in Plain(digits))
        {
            value = (10 * value) + c - '0';
        }

        return value;
    }
}
