using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>Which expression cuts a text before its byte pairs are merged.</summary>
internal enum BytePairCut
{
    /// <summary>GPT-2's.</summary>
    Gpt2,

    /// <summary>Each digit stands alone, GPT-2's between them (SmolLM2).</summary>
    Gpt2DigitsAlone,

    /// <summary>cl100k's, with up to three digits together (Llama 3, Phi-4).</summary>
    ThreeDigits,

    /// <summary>cl100k's, with each digit alone (Qwen 2, 2.5 and 3).</summary>
    OneDigit,
}

/// <summary>
/// Cuts a text where byte pairs may not be merged. GPT-2's expression is
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, cl100k's
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>. Written by hand
/// because .NET's expressions see UTF-16 units, not characters, and because time must stay linear in the text.
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
    public static int FirstLength(ReadOnlySpan<char> text, BytePairCut cut) =>
        cut is BytePairCut.Gpt2 or BytePairCut.Gpt2DigitsAlone ? Gpt2(text, cut == BytePairCut.Gpt2DigitsAlone) : Cl100k(text, cut == BytePairCut.ThreeDigits ? 3 : 1);

    private static int Gpt2(ReadOnlySpan<char> text, bool digitsAlone)
    {
        if (text[0] == '\'' && Contraction(text[1..]) is var letters and > 0)
        {
            return 1 + letters;
        }

        var first = Classify(text, out var length);
        if (first == Class.Number && digitsAlone)
        {
            return length;
        }

        if (first != Class.Blank)
        {
            return Run(text, first);
        }

        // A space belongs to the word behind it.
        if (text[0] == ' ' && text.Length > 1 && Classify(text[1..], out _) is var second && (second is Class.Letter or Class.Other || (second == Class.Number && !digitsAlone)))
        {
            return 1 + Run(text[1..], second);
        }

        var blanks = Run(text, Class.Blank);
        var endsFragment = blanks == text.Length || (digitsAlone && Classify(text[blanks..], out _) == Class.Number);
        return endsFragment || blanks == 1 ? blanks : blanks - 1;   // the last blank is left to the word behind it; every blank is one unit
    }

    private static int Cl100k(ReadOnlySpan<char> text, int digits)
    {
        if (text[0] == '\'' && text.Length > 1)
        {
            Span<char> small = stackalloc char[2];
            var next = text.Slice(1, Math.Min(2, text.Length - 1));
            for (var i = 0; i < next.Length; i++)
            {
                small[i] = char.IsAscii(next[i]) ? char.ToLowerInvariant(next[i]) : next[i];
            }

            if (Contraction(small[..next.Length]) is var letters and > 0)
            {
                return 1 + letters;
            }
        }

        var first = Classify(text, out var length);
        if (first == Class.Letter)
        {
            return Run(text, Class.Letter);
        }

        if (first == Class.Number)
        {
            return Run(text, Class.Number, digits);
        }

        // Any one sign or blank but a line's end goes with the letters behind it.
        if (text[0] is not ('\r' or '\n') && Run(text[length..], Class.Letter) is var word and > 0)
        {
            return length + word;
        }

        var signs = text[0] == ' ' ? 1 : 0;
        if (Run(text[signs..], Class.Other) is var others and > 0)
        {
            var end = signs + others;
            while (end < text.Length && text[end] is '\r' or '\n')
            {
                end++;
            }

            return end;
        }

        var blanks = Run(text, Class.Blank);
        var lines = text[..blanks].LastIndexOfAny('\r', '\n') + 1;
        return lines > 0 ? lines : blanks == text.Length || blanks == 1 ? blanks : blanks - 1;
    }

    private static int Contraction(ReadOnlySpan<char> rest) => rest switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r', 'e', ..] or ['v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };

    private static int Run(ReadOnlySpan<char> text, Class wanted, int most = int.MaxValue)
    {
        var at = 0;
        for (var count = 0; count < most && at < text.Length && Classify(text[at..], out var length) == wanted; count++)
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
