using System.Globalization;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>
/// Hebrew, Arabic and their kin as a person reads them. A page holds letters by place, so words come from left to right, whichever way they are read;
/// lines of mostly such letters are turned round here, their figures and foreign words are not.
/// </summary>
internal static class RightToLeft
{
    /// <summary>More letters of the line are read from right to left than the other way.</summary>
    public static bool IsRightToLeft(Line line)
    {
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
    public static IEnumerable<string> Words(Cell cell)
    {
        List<Word> words = cell.Words;
        for (int i = words.Count - 1; i >= 0; i--)
        {
            if (HasLeftwards(words[i].Text))
            {
                yield return Turned(words[i].Text);
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
                yield return words[k].Text;
            }

            i = first;
        }
    }

    /// <summary>Arabic letters have codes for each of their shapes, and for some pairs; both become the letters themselves.</summary>
    public static string WithoutShape(char shape) =>
        Turned(shape.ToString().Normalize(System.Text.NormalizationForm.FormKC));   // a pair lies on the page in the order of the page

    /// <summary>A letter in the shape that it takes inside a word, or a pair of them.</summary>
    public static bool IsShape(char c) => c is (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC');

    private static bool HasLeftwards(string word) => word.Any(IsLeftwards);

    private static string Turned(string word)
    {
        var elements = new List<string>();
        TextElementEnumerator each = StringInfo.GetTextElementEnumerator(word);
        while (each.MoveNext())
        {
            elements.Add(Mirrored(each.GetTextElement()));
        }

        elements.Reverse();
        return string.Concat(elements);
    }

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
