using System.Globalization;
using System.Text;

namespace Rag.Retrieval.Text;

/// <summary>
/// Turns text into the terms that lexical search compares: lower case, accents folded, English stems, stop words dropped.
/// "81,797" gives 81797; "10-Q" gives 10, q and 10q, so that it meets "10Q"; "U.S." gives us; "§ 4.2" gives §4.2 and 4.2; Chinese, Japanese and Korean give bigrams.
/// </summary>
internal static class Terms
{
    private const int LongestTerm = 64;

    /// <returns>Terms in the order of the text, repeated as often as they occur.</returns>
    public static List<string> Of(string text)
    {
        var terms = new List<string>(text.Length / 8);
        foreach (var word in Words(Fold(text)))
        {
            if (!StopWords.Contains(word))
            {
                terms.Add(PorterStemmer.Stem(word));
            }
        }

        return terms;
    }

    /// <summary>Folded words with their stop words, unstemmed.</summary>
    public static IEnumerable<string> WordsOf(string text) => Words(Fold(text));

    private static IEnumerable<string> Words(string text)
    {
        var i = 0;
        while (i < text.Length)
        {
            if (IsCjk(text[i]))
            {
                var end = i + 1;
                while (end < text.Length && IsCjk(text[end]))
                {
                    end++;
                }

                for (var j = i; j < Math.Max(end - 1, i + 1); j++)
                {
                    yield return text.Substring(j, Math.Min(2, end - j));
                }

                i = end;
            }
            else if (char.IsLetterOrDigit(text[i]))
            {
                var compound = new StringBuilder();
                var parts = 0;
                while (true)
                {
                    var part = Word(text, ref i);
                    if (part.Length > 0)
                    {
                        compound.Append(part);
                        parts++;
                        yield return part;
                    }

                    if (i + 1 < text.Length && text[i] == '-' && char.IsLetterOrDigit(text[i + 1]) && !IsCjk(text[i + 1]))
                    {
                        i++;
                        continue;
                    }

                    break;
                }

                // "10-Q", "covid-19", not "2019-2020" and not "year-over-year".
                var joined = compound.ToString();
                if (parts > 1 && joined.Length <= LongestTerm && joined.Any(char.IsDigit) && joined.Any(char.IsLetter))
                {
                    yield return joined;
                }
            }
            else
            {
                if (text[i] == '§' && Section(text, i + 1) is { Length: > 0 } section)
                {
                    yield return section;   // the number by itself follows
                }

                i++;
            }
        }
    }

    /// <summary>"§4.2" for "§ 4.2" and "§4.2", so that a section is told from an amount. Of "§§ 4 and 5" the first.</summary>
    private static string Section(string text, int i)
    {
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        return IsDigit(text, i) ? "§" + Word(text, ref i) : "";
    }

    /// <summary>Reads letters and digits with the marks that belong inside a word: thousands separators, decimal points, initials, apostrophes.</summary>
    private static string Word(string text, ref int i)
    {
        var word = new StringBuilder();
        var start = i;
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsLetterOrDigit(c) && !IsCjk(c))
            {
                word.Append(c);
            }
            else if (c == ',' && IsDigit(text, i - 1) && IsThousands(text, i + 1))
            {
            }
            else if (c == '.' && i > start && IsDigit(text, i - 1) && IsDigit(text, i + 1))
            {
                word.Append(c);
            }
            else if (c == '.' && IsInitial(text, i - 1) && IsInitial(text, i + 1))
            {
            }
            else if (c == '\'' && i > start && i + 1 < text.Length && char.IsLetter(text[i + 1]))
            {
                if (text[i + 1] == 's' && (i + 2 == text.Length || !char.IsLetterOrDigit(text[i + 2])))
                {
                    i += 2;   // Apple's: the word ends here
                    break;
                }
            }
            else
            {
                break;
            }
        }

        return word.Length > LongestTerm ? word.ToString(0, LongestTerm) : word.ToString();
    }

    private static bool IsDigit(string text, int i) => i >= 0 && i < text.Length && char.IsAsciiDigit(text[i]);

    /// <summary>Three digits and no fourth.</summary>
    private static bool IsThousands(string text, int i) =>
        IsDigit(text, i) && IsDigit(text, i + 1) && IsDigit(text, i + 2) && !IsDigit(text, i + 3);

    /// <summary>A letter that stands alone, as in "u.s.".</summary>
    private static bool IsInitial(string text, int i) =>
        i >= 0 && i < text.Length && char.IsLetter(text[i])
        && (i == 0 || !char.IsLetterOrDigit(text[i - 1])) && (i + 1 == text.Length || !char.IsLetterOrDigit(text[i + 1]));

    private static bool IsCjk(char c) => c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3') or (>= '\uF900' and <= '\uFAFF');

    /// <summary>Compatibility forms and accents away, lower case, one kind of apostrophe and hyphen.</summary>
    private static string Fold(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        var folded = new StringBuilder(text.Length);
        foreach (var c in Decompose(text))
        {
            switch (c)
            {
                case '\u2019' or '\u2018' or '\u02BC':
                    folded.Append('\'');
                    break;
                case '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2212':
                    folded.Append('-');
                    break;
                case '\u00AD' or '\u200B' or '\u200C' or '\u200D' or '\uFEFF':
                    break;
                default:
                    // Marks go from Latin, Greek and Cyrillic letters only: elsewhere they are part of the letter.
                    if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark || c is not (>= '\u0300' and <= '\u036F'))
                    {
                        folded.Append(char.ToLowerInvariant(c));
                    }

                    break;
            }
        }

        return folded.ToString().Normalize(NormalizationForm.FormC);   // Hangul together again
    }

    private static string Decompose(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormKD);
        }
        catch (ArgumentException)   // a lone surrogate; searched as it stands
        {
            return string.Create(text.Length, text, static (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = char.IsSurrogate(source[i]) ? ' ' : source[i];
                }
            }).Normalize(NormalizationForm.FormKD);
        }
    }
}
