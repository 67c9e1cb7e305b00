using Rag.Inference;
using Rag.Web.Chat;

namespace Rag.Web.Composition;

/// <summary>Inference's reasons in Web's words.</summary>
internal static class ModelFailures
{
    public static ModelException Translate(InferenceException failure) => new(
        failure.Reason switch
        {
            InferenceFailure.Busy => ModelFailure.Busy,
            InferenceFailure.PromptTooLong => ModelFailure.PromptTooLong,
            InferenceFailure.Unavailable => ModelFailure.Unavailable,
            _ => ModelFailure.Failed,
        },
        failure.Message,
        failure);
}
