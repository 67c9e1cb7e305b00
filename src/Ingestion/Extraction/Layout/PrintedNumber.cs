using System.Globalization;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>What may be the number of a page, as it is printed: "12", "xii".</summary>
internal readonly record struct PrintedNumber(int Value, string Text, bool IsRoman)
{
    private const float Apart = 4;      // from the running title beside it at least, in sizes of the line; a heading follows its number more closely
    private const int MostDigits = 5;
    private const int MostRoman = 8;    // letters: "lxxxviii"

    /// <summary>At the ends of a line: alone, or far from what else stands on it.</summary>
    public static IReadOnlyList<PrintedNumber> AtEndsOf(Line line)
    {
        List<Cell> cells = line.Cells;
        var found = new List<PrintedNumber>(1);
        if ((cells.Count == 1 || cells[1].Left - cells[0].Right > Apart * line.Size) && Of(cells[0]) is { } first)
        {
            found.Add(first);
        }

        if (cells.Count > 1 && cells[^1].Left - cells[^2].Right > Apart * line.Size && Of(cells[^1]) is { } last)
        {
            found.Add(last);
        }

        return found;
    }

    /// <summary>Whether this one, so many pages on, is the other.</summary>
    public bool Counts(PrintedNumber other, int pages) => IsRoman == other.IsRoman && other.Value - Value == pages;

    private static PrintedNumber? Of(Cell cell)
    {
        if (cell.Words is not [{ Text: var text }])
        {
            return null;
        }

        if (text.Length <= MostDigits && text.All(char.IsAsciiDigit))
        {
            return new PrintedNumber(int.Parse(text, CultureInfo.InvariantCulture), text, IsRoman: false);
        }

        return text.Length <= MostRoman && Roman(text) is > 0 and var value ? new PrintedNumber(value, text, IsRoman: true) : null;
    }

    /// <summary>0 for what is none. Front matter seldom has more than 89 pages, so "C" and what is above it count as letters.</summary>
    private static int Roman(string text)
    {
        int value = 0, after = 0;
        for (int i = text.Length - 1; i >= 0; i--)
        {
            int digit = char.ToLowerInvariant(text[i]) switch { 'i' => 1, 'v' => 5, 'x' => 10, 'l' => 50, _ => 0 };
            if (digit == 0)
            {
                return 0;
            }

            value += digit < after ? -digit : digit;
            after = Math.Max(after, digit);
        }

        return value;
    }
}
