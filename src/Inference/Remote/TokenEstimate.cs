using Rag.Inference.Tokenizers;

namespace Rag.Inference.Remote;

/// <summary>
/// Counts tokens of a model whose tokenizer is not here. It errs upwards: too few passages in a prompt cost little, a prompt that the
/// server cuts without a word costs the rules at its front. A word of ASCII letters is taken for one token for
/// its first four letters and one for each two that follow, capitals one for two; each digit and sign for one; a letter outside
/// ASCII for one less than its UTF-8 bytes.
/// </summary>
internal sealed class TokenEstimate : ITextTokenCounter
{
    public static readonly TokenEstimate Instance = new();

    public int Count(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return (int)Math.Min(int.MaxValue, Measure(text, long.MaxValue).Tokens);
    }

    /// <summary>The text's beginning, at most that many tokens; no character is cut.</summary>
    public static string Cut(string text, int maxTokens) => text[..Measure(text, maxTokens).Length];

    private static (long Tokens, int Length) Measure(string text, long most)
    {
        const int Letter = 3;    // twelfths of a token: no rounding within a word
        const int Late = 6;      // behind the fourth letter: long words are rare words, or not English
        const int Capital = 6;
        const int Whole = 12;
        long done = 0;           // tokens of all words before the one being read
        var word = 0;            // twelfths of the word being read
        var blanks = 0;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var cost = 0;
            if (char.IsAsciiLetter((char)rune.Value) && rune.IsAscii)
            {
                word += rune.Value is >= 'A' and <= 'Z' && word > 0 ? Capital : word >= Whole ? Late : Letter;
                blanks = 0;
            }
            else
            {
                done += Tokens(word);
                word = 0;
                var blank = rune.Value is ' ';
                // One blank belongs to the word behind it; more than one is an indent.
                cost = blank ? (++blanks == 2 ? 1 : 0) : rune.IsAscii ? 1 : rune.Utf8SequenceLength - 1;
                blanks = blank ? blanks : 0;
            }

            if (done + cost + Tokens(word) > most)
            {
                return (done + Tokens(word), at);
            }

            done += cost;
            at += rune.Utf16SequenceLength;
        }

        return (done + Tokens(word), at);

        static int Tokens(int twelfths) => (twelfths + Whole - 1) / Whole;
    }
}
