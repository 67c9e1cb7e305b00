using System.Text;
using Rag.Ingestion.Extraction.Pdf;

namespace Rag.Ingestion.Extraction.Flow;

/// <summary>Text of other programs as a reader sees it.</summary>
internal static class FlowText
{
    private const int FirstTag = 0xE0000;
    private const int LastTag = 0xE007F;

    /// <summary>White space folded to single blanks, characters that nobody sees removed.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        bool blank = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsWhiteSpace(c))
            {
                blank = folded.Length > 0;
                continue;
            }

            int length = VisibleLength(text, i);
            if (length == 0)
            {
                i += Rune.TryGetRuneAt(text, i, out Rune hidden) ? hidden.Utf16SequenceLength - 1 : 0;
                continue;
            }

            if (blank)
            {
                folded.Append(' ');
                blank = false;
            }

            folded.Append(text, i, length);
            i += length - 1;
        }

        return folded.ToString();
    }

    /// <summary>Each line folded; empty lines gone.</summary>
    public static string FoldLines(string text) =>
        string.Join('\n', text.Split('\n').Select(Fold).Where(line => line.Length > 0));

    /// <summary>One line as it is but for what nobody sees and blanks at its end; tabs and indentation stay.</summary>
    public static string Line(string line)
    {
        string trimmed = line.TrimEnd();
        bool clean = true;
        foreach (char c in trimmed)
        {
            clean &= c == '\t' || (!char.IsSurrogate(c) && !GlyphText.IsInvisible(c));
        }

        if (clean)
        {
            return trimmed;
        }

        var text = new StringBuilder(trimmed.Length);
        for (int i = 0; i < trimmed.Length; i++)
        {
            int length = trimmed[i] == '\t' ? 1 : VisibleLength(trimmed, i);
            text.Append(trimmed, i, length);
            i += Math.Max(0, (length == 0 && Rune.TryGetRuneAt(trimmed, i, out Rune hidden) ? hidden.Utf16SequenceLength : length) - 1);
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Raised figures as characters of their own: without them "10³" is 103, and the mark of a note makes another year of a year. Other text stays.</summary>
    public static string Raised(string text)
    {
        const string low = "0123456789+-−", high = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻";
        return text.Length > 0 && text.All(c => low.Contains(c, StringComparison.Ordinal)) ? string.Concat(text.Select(c => high[low.IndexOf(c, StringComparison.Ordinal)])) : text;
    }

    /// <summary>The words of a text spelt in tag characters, which no font shows and every model reads; null where there are none.</summary>
    public static string? TagsOf(string text)
    {
        StringBuilder? words = null;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] == '\uDB40' && Rune.TryGetRuneAt(text, i, out Rune rune) && rune.Value is > FirstTag and < LastTag)
            {
                (words ??= new StringBuilder()).Append((char)(rune.Value - FirstTag));
            }
        }

        return words is { Length: > 3 } ? words.ToString() : null;
    }

    /// <summary>At most <paramref name="most"/> characters, cut between words where there are any.</summary>
    public static string Head(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int cut = text.LastIndexOf(' ', most - 1);
        cut = cut > most / 2 ? cut : char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return text[..cut].TrimEnd(' ', ',', ';', ':', '-') + "…";
    }

    /// <returns>How many characters the visible character at <paramref name="i"/> takes; 0 when it is invisible or a torn surrogate.</returns>
    private static int VisibleLength(string text, int i)
    {
        if (!char.IsSurrogate(text[i]))
        {
            return GlyphText.IsInvisible(text[i]) ? 0 : 1;
        }

        return Rune.TryGetRuneAt(text, i, out Rune rune) && rune.Value is < FirstTag or > LastTag ? rune.Utf16SequenceLength : 0;
    }
}
