namespace Rag.Inference;

/// <summary>Why a model call failed; callers map the reason, never the text.</summary>
public enum InferenceFailure
{
    /// <summary>The queue is full. Try again later.</summary>
    Busy,

    /// <summary>The prompt does not fit the model's context. Send less.</summary>
    PromptTooLong,

    /// <summary>The model cannot be used: a file is missing or changed, or the execution provider is not there. The message says what to do.</summary>
    Unavailable,

    /// <summary>The caller asked for something the model or this library does not do.</summary>
    InvalidOption,

    /// <summary>The runtime failed. The cause is the inner exception.</summary>
    Failed,
}

/// <summary>The one exception of this library, beside <see cref="OperationCanceledException"/>. Its message is fit for a person to read.</summary>
public sealed class InferenceException(InferenceFailure reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public InferenceFailure Reason { get; } = reason;
}
