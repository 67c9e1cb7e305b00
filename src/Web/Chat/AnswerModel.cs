namespace Rag.Web.Chat;

/// <summary>How a chat model may answer: small models quote, larger ones write and the server checks.</summary>
public enum AnswerStyle
{
    Quote,
    Compose,
}

/// <summary>What the answer path must know of the loaded chat model; adapted in the composition root.</summary>
/// <param name="ContextLength">Tokens of prompt and answer together.</param>
public sealed record AnswerModel(string Id, string DisplayName, int ContextLength, AnswerStyle Style);

public enum ModelFailure
{
    /// <summary>The queue is full; try again later (429 with Retry-After).</summary>
    Busy,

    /// <summary>The prompt is longer than the context.</summary>
    PromptTooLong,

    /// <summary>A model file is missing or changed; the message names it.</summary>
    Unavailable,
    Failed,
}

/// <summary>The only exception type that model calls throw in Web; a decorator in the composition root translates.</summary>
public sealed class ModelException(ModelFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public ModelFailure Failure { get; } = failure;
}
