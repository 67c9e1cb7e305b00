using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>Turns tokens into text as they come. A character whose bytes are spread over tokens is held back until it is whole.</summary>
internal sealed class TokenStreamDecoder(IChatTokenizer tokenizer)
{
    private readonly Decoder utf8 = Encoding.UTF8.GetDecoder();
    private char[] buffer = new char[64];
    private int blanks = tokenizer.LeadingBlanks;   // still to be taken from the beginning

    /// <summary>The text that this token completes; often empty within an emoji. Valid until the next call.</summary>
    public ReadOnlySpan<char> Append(int token) => Decode(tokenizer.Bytes(token), flush: false);

    /// <summary>What is left at the end: U+FFFD for a character that never became whole.</summary>
    public ReadOnlySpan<char> Finish() => Decode([], flush: true);

    private ReadOnlySpan<char> Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var most = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (buffer.Length < most)
        {
            buffer = new char[most];
        }

        var text = buffer.AsSpan(0, utf8.GetChars(bytes, buffer, flush));
        var taken = 0;
        while (blanks > 0 && taken < text.Length)
        {
            (taken, blanks) = text[taken] == ' ' ? (taken + 1, blanks - 1) : (taken, 0);
        }

        return text[taken..];
    }
}
