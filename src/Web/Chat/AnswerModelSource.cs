using Rag.Retrieval.Knowledge;

namespace Rag.Web.Chat;

/// <summary>
/// The loaded chat model's facts, asked for when they are needed: a missing model must not keep the quotes from the reader.
/// </summary>
internal sealed class AnswerModelSource(IServiceProvider services)
{
    private const int AssumedContextLength = 4_096;

    /// <exception cref="ModelException">No chat model is loaded.</exception>
    public AnswerModel Current => services.GetRequiredService<AnswerModel>();

    /// <exception cref="ModelException">No chat model is loaded.</exception>
    public ITokenCounter Tokens => services.GetRequiredKeyedService<ITokenCounter>(ITokenCounter.Chat);

    public int ContextLengthOrDefault => CurrentOrNull?.ContextLength ?? AssumedContextLength;

    /// <summary>Without a model, the files' own words are all there is.</summary>
    public AnswerStyle StyleOrDefault => CurrentOrNull?.Style ?? AnswerStyle.Quote;

    /// <summary>Null without a model.</summary>
    public string? IdOrDefault => CurrentOrNull?.Id;

    private AnswerModel? CurrentOrNull
    {
        get
        {
            try
            {
                return Current;
            }
            catch (ModelException)
            {
                return null;
            }
        }
    }
}
