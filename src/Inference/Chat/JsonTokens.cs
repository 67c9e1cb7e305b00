using Rag.Inference.Tokenizers;

namespace Rag.Inference.Chat;

/// <summary>Which tokens may come next.</summary>
internal interface IAllowedTokens
{
    /// <summary>Nothing may come any more.</summary>
    bool IsComplete { get; }

    bool IsAllowed(int token);

    void Accept(int token);
}

/// <summary>The tokens whose bytes keep an answer the beginning of one JSON object. Control tokens have none, so the answer cannot end before the object does.</summary>
internal sealed class JsonTokens(IChatTokenizer tokenizer) : IAllowedTokens
{
    private JsonGrammar written;

    public bool IsComplete => written.IsComplete;

    public bool IsAllowed(int token)
    {
        var bytes = tokenizer.Bytes(token);
        var tried = written;
        return bytes.Length > 0 && tried.Accept(bytes);
    }

    public void Accept(int token) => written.Accept(tokenizer.Bytes(token));
}
