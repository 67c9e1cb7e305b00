using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// Cuts a text where byte pairs may not be merged: each digit stands alone, the rest follows GPT-2's expression
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, applied between the digits. Written by hand because .NET's
/// expressions see UTF-16 units, not characters, and because time must stay linear in the text.
/// </summary>
internal static class BytePairWords
{
    private enum Class
    {
        Letter,
        Number,
        Blank,
        Other,
    }

    /// <summary>UTF-16 units of the first word of <paramref name="text"/>, which is not empty.</summary>
    public static int FirstLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'' && Contraction(text[1..]) is var letters and > 0)
        {
            return 1 + letters;
        }

        var first = Classify(text, out var length);
        if (first == Class.Number)
        {
            return length;
        }

        if (first != Class.Blank)
        {
            return Run(text, first);
        }

        // A space belongs to the word behind it.
        if (text[0] == ' ' && text.Length > 1 && Classify(text[1..], out _) is var second and (Class.Letter or Class.Other))
        {
            return 1 + Run(text[1..], second);
        }

        var blanks = Run(text, Class.Blank);
        var endsFragment = blanks == text.Length || Classify(text[blanks..], out _) == Class.Number;
        return endsFragment || blanks == 1 ? blanks : blanks - 1;   // the last blank is left to the word behind it; every blank is one unit
    }

    private static int Contraction(ReadOnlySpan<char> rest) => rest switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r', 'e', ..] or ['v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };

    private static int Run(ReadOnlySpan<char> text, Class wanted)
    {
        var at = 0;
        while (at < text.Length && Classify(text[at..], out var length) == wanted)
        {
            at += length;
        }

        return at;
    }

    private static Class Classify(ReadOnlySpan<char> text, out int length)
    {
        if (Rune.DecodeFromUtf16(text, out var rune, out length) != OperationStatus.Done)
        {
            return Class.Other;   // a lone surrogate
        }

        if (Rune.IsWhiteSpace(rune))
        {
            return Class.Blank;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Class.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Class.Number,
            _ => Class.Other,
        };
    }
}
