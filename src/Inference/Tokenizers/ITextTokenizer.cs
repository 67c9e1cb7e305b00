namespace Rag.Inference.Tokenizers;

/// <summary>Where a text stands. Some tokenizers open a text with a blank, and which ones they do depends on it.</summary>
internal enum TextPlace
{
    /// <summary>Nothing is before it.</summary>
    Start,

    /// <summary>A control token is before it.</summary>
    AfterControl,

    /// <summary>It goes on another text.</summary>
    Continued,
}

/// <summary>Texts to tokens. A text only ever gives ordinary tokens, whatever control tokens are written in it.</summary>
internal interface ITextTokenizer
{
    /// <summary>The text's tokens without special ones, however many.</summary>
    List<int> Encode(string text, TextPlace place = TextPlace.Start);
}

/// <summary>Texts to tokens and back, and control tokens by name.</summary>
internal interface IChatTokenizer : ITextTokenizer
{
    /// <summary>Tokens that end an answer when the model writes one.</summary>
    IReadOnlySet<int> ControlIds { get; }

    /// <summary>Blanks that do not belong to an answer which begins with them.</summary>
    int LeadingBlanks { get; }

    /// <exception cref="KeyNotFoundException">The vocabulary has no such control token.</exception>
    int Control(string name);

    /// <summary>Whether the control token takes away the blanks before and behind it.</summary>
    (bool Before, bool Behind) Strips(int id);

    /// <summary>The token's bytes, which may be part of a character; none for a control token.</summary>
    ReadOnlySpan<byte> Bytes(int id);
}

/// <summary>Texts to what an encoder reads.</summary>
internal interface IEmbeddingTokenizer : ITextTokenizer
{
    /// <summary>What fills up a shorter row of a run; never attended to.</summary>
    int Pad { get; }

    /// <summary>The text's tokens between the special ones, at most <paramref name="maxTokens"/>; what does not fit is left out, the special ones stay.</summary>
    int[] EncodeForModel(string text, int maxTokens);
}
