namespace Rag.Inference.Tokenizers;

/// <summary>
/// Counts a model's tokens, without special ones: word pieces for the embedder, BPE tokens for the chat model. From <c>GetService</c> of
/// the generator or the chat client; reads the tokenizer's files at the first call and never loads the model.
/// </summary>
public interface ITextTokenCounter
{
    /// <exception cref="InferenceException">Unavailable: the tokenizer's file is missing or changed.</exception>
    int Count(string text);
}
