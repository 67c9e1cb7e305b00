using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>Unicode's forms C and D for any text. .NET refuses noncharacters such as U+FFFE and lone surrogates; they stay as they are and cut the text for the rest.</summary>
internal static class UnicodeForms
{
    public static string Compose(string text) => Ascii.IsValid(text) ? text : Normalize(text, NormalizationForm.FormC);

    public static string Decompose(string text) => Normalize(text, NormalizationForm.FormD);

    private static string Normalize(string text, NormalizationForm form)
    {
        var result = new StringBuilder(text.Length + 16);
        var start = 0;
        var at = 0;
        while (at < text.Length)
        {
            var valid = Rune.TryGetRuneAt(text, at, out var rune);
            var length = valid ? rune.Utf16SequenceLength : 1;
            if (!valid || rune.Value is (>= 0xFDD0 and <= 0xFDEF) || (rune.Value & 0xFFFE) == 0xFFFE)
            {
                result.Append(text[start..at].Normalize(form)).Append(text, at, length);
                start = at + length;
            }

            at += length;
        }

        return result.Append(text[start..].Normalize(form)).ToString();
    }
}
