using System.Globalization;
using System.Text;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>
/// Hebrew, Arabic and their kin as a person reads them. A page holds letters by place, so words come from left to right, whichever way they are read;
/// lines of mostly such letters are turned round here, their figures and foreign words are not.
/// </summary>
internal static class RightToLeft
{
    private const char FirstLeftwards = '\u0590', LastLeftwards = '\uFEFC';   // all of these letters are between them

    /// <summary>More letters of the line are read from right to left than the other way.</summary>
    public static bool IsRightToLeft(Line line)
    {
        if (!line.Cells.Exists(static cell => cell.Words.Exists(static word => word.Text.AsSpan().ContainsAnyInRange(FirstLeftwards, LastLeftwards))))
        {
            return false;   // nearly every line
        }

        int leftwards = 0, rightwards = 0;
        foreach (Cell cell in line.Cells)
        {
            foreach (Word word in cell.Words)
            {
                foreach (char c in word.Text)
                {
                    leftwards += IsLeftwards(c) ? 1 : 0;
                    rightwards += char.IsLetter(c) && !IsLeftwards(c) ? 1 : 0;
                }
            }
        }

        return leftwards > rightwards;
    }

    /// <summary>Words of one cell in the order in which they are read.</summary>
    public static IEnumerable<TurnedWord> Words(Cell cell)
    {
        List<Word> words = cell.Words;
        for (int i = words.Count - 1; i >= 0; i--)
        {
            if (HasLeftwards(words[i].Text))
            {
                yield return Turned(words[i], i);
                continue;
            }

            // Figures and foreign words beside each other keep their order among themselves.
            int first = i;
            while (first > 0 && !HasLeftwards(words[first - 1].Text))
            {
                first--;
            }

            for (int k = first; k <= i; k++)
            {
                yield return new TurnedWord(k, words[k].Text, [words[k].Left, .. words[k].Edges[..^1]], words[k].Edges, IsTurned: false);
            }

            i = first;
        }
    }

    /// <summary>Arabic letters have codes for each of their shapes, and for some pairs; both become the letters themselves.</summary>
    public static string WithoutShape(char shape) =>
        Turned(shape.ToString().Normalize(NormalizationForm.FormKC));   // a pair lies on the page in the order of the page

    /// <summary>A letter in the shape that it takes inside a word, or a pair of them.</summary>
    public static bool IsShape(char c) => c is (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC');

    private static bool HasLeftwards(string word) => word.Any(IsLeftwards);

    private static string Turned(string word) => string.Concat(Elements(word).Select(element => element.Text));

    private static TurnedWord Turned(Word word, int index)
    {
        var text = new StringBuilder(word.Text.Length);
        float[] lefts = new float[word.Edges.Length], rights = new float[word.Edges.Length];
        foreach ((int first, string element) in Elements(word.Text))
        {
            // A letter and the marks on it share a place.
            lefts.AsSpan(text.Length, element.Length).Fill(first == 0 ? word.Left : word.Edges[first - 1]);
            rights.AsSpan(text.Length, element.Length).Fill(word.Edges[first + element.Length - 1]);
            text.Append(element);
        }

        return new TurnedWord(index, text.ToString(), lefts, rights, IsTurned: true);
    }

    /// <summary>Letters with their marks in the order in which they are read, and where each begins in the word as it stands.</summary>
    private static IEnumerable<(int First, string Text)> Elements(string word)
    {
        int[] starts = StringInfo.ParseCombiningCharacters(word);
        string Element(int i) => word[starts[i]..(i + 1 < starts.Length ? starts[i + 1] : word.Length)];
        for (int i = starts.Length - 1; i >= 0; i--)
        {
            // "2023" and "PDF" inside a word keep their order, as do "2.0" and "50%".
            int first = i;
            while (first > 0 && IsRightwards(word, starts, first) && IsRightwards(word, starts, first - 1))
            {
                first--;
            }

            for (int k = first; k <= i; k++)
            {
                yield return (starts[k], first < i ? Element(k) : Mirrored(Element(k)));
            }

            i = first;
        }
    }

    private static bool IsRightwards(string word, int[] starts, int i) =>
        IsForeign(word[starts[i]]) ||
        ("%$€£₪".Contains(word[starts[i]], StringComparison.Ordinal)
            ? (i > 0 && IsForeign(word[starts[i - 1]])) || (i + 1 < starts.Length && IsForeign(word[starts[i + 1]]))
            : word[starts[i]] is '.' or ',' or ':' or '/' or '-' && i > 0 && i + 1 < starts.Length && IsForeign(word[starts[i - 1]]) && IsForeign(word[starts[i + 1]]));

    private static bool IsForeign(char c) => char.IsDigit(c) || (char.IsLetter(c) && !IsLeftwards(c));

    /// <summary>A bracket opens where reading begins.</summary>
    private static string Mirrored(string element) => element switch
    {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        _ => element,
    };

    private static bool IsLeftwards(char c) => char.IsLetter(c) && (c is >= '\u0590' and <= '\u08FF' || IsShape(c));
}

/// <summary>A word as it is read, with the absolute place of each of its characters.</summary>
/// <param name="Index">Among the words of its cell, from the left.</param>
/// <param name="IsTurned">Its letters are read from right to left.</param>
internal readonly record struct TurnedWord(int Index, string Text, float[] Lefts, float[] Rights, bool IsTurned);
