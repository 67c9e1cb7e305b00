using System.Globalization;
using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// BERT's text cleaning: control characters vanish, blanks become spaces, ideographs stand alone, accents go, letters become small.
/// Equal to the reference for characters of Unicode 9 and before; later marks and punctuation follow .NET's tables.
/// </summary>
internal sealed class WordPieceNormalizer(bool lowercase, bool stripAccents, bool splitCjk)
{
    public string Normalize(string text)
    {
        var clean = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())   // a lone surrogate comes out as U+FFFD and vanishes
        {
            if (IsBlank(rune))
            {
                clean.Append(' ');
            }
            else if (!Vanishes(rune))
            {
                if (splitCjk && IsIdeograph(rune.Value))
                {
                    clean.Append(' ').Append(rune).Append(' ');
                }
                else
                {
                    clean.Append(rune);
                }
            }
        }

        if (!stripAccents && !lowercase)
        {
            return clean.ToString();
        }

        var source = clean.ToString();
        // ASCII has no accents; most passages end here.
        var decomposed = stripAccents && !Ascii.IsValid(source) ? UnicodeForms.Decompose(source) : source;
        clean.Clear();
        foreach (var rune in decomposed.EnumerateRunes())
        {
            if (!stripAccents || rune.IsAscii || Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                clean.Append(lowercase ? Rune.ToLowerInvariant(rune) : rune);
            }
        }

        return clean.ToString();
    }

    // U+0085, VT and FF are no blanks here: they vanish and join their neighbours, as in the reference.
    private static bool IsBlank(Rune rune) =>
        rune.Value is ' ' or '\t' or '\n' or '\r' or 0x2028 or 0x2029
        || (!rune.IsAscii && Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator);

    // Unassigned code points stay; they end as unknown words.
    private static bool Vanishes(Rune rune) =>
        rune.Value is 0 or 0xFFFD
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    private static bool IsIdeograph(int code) => code
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
