namespace Rag.Retrieval.Knowledge;

/// <summary>
/// Counts a model's tokens in a text, without special tokens. Composition roots adapt the loaded models and register them as keyed
/// services under <see cref="Embedding"/> and <see cref="Chat"/>.
/// </summary>
public interface ITokenCounter
{
    const string Embedding = "embedding";
    const string Chat = "chat";

    int Count(string text);
}
