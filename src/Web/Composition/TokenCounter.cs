using Rag.Inference;
using Rag.Inference.Tokenizers;
using Rag.Retrieval.Knowledge;
using Rag.Web.Chat;

namespace Rag.Web.Composition;

/// <summary>A model's tokenizer as Retrieval's small interface; looked up at each call, since a model may be missing at start.</summary>
internal sealed class TokenCounter(Func<ITextTokenCounter?> find) : ITokenCounter
{
    /// <exception cref="ModelException">The model's folder or its tokenizer file is missing or changed.</exception>
    public int Count(string text)
    {
        try
        {
            return (find() ?? throw new ModelException(ModelFailure.Unavailable, "The model is not installed. The status page names the missing folder.")).Count(text);
        }
        catch (InferenceException failure)
        {
            throw ModelFailures.Translate(failure);
        }
    }
}
