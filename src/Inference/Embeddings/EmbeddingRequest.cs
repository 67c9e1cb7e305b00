using Microsoft.Extensions.AI;

namespace Rag.Inference.Embeddings;

/// <summary>What a request says about its texts beyond the interface's own members.</summary>
internal static class EmbeddingRequest
{
    /// <exception cref="InferenceException">InvalidOption: a role that is neither.</exception>
    public static bool IsQuery(EmbeddingGenerationOptions? request) =>
        Choice(request, InferenceProperties.Role, InferenceProperties.Passage, InferenceProperties.Query);

    /// <summary>Whether a person waits for it.</summary>
    /// <exception cref="InferenceException">InvalidOption: a priority that is neither.</exception>
    public static bool IsUrgent(EmbeddingGenerationOptions? request) =>
        Choice(request, InferenceProperties.Priority, InferenceProperties.Background, InferenceProperties.Interactive) || IsQuery(request);

    /// <summary>Whose texts they are, for the cache; null: nothing is kept.</summary>
    /// <exception cref="InferenceException">InvalidOption: a scope that is no text, or an empty one.</exception>
    public static string? Scope(EmbeddingGenerationOptions? request) =>
        request?.AdditionalProperties?.TryGetValue(InferenceProperties.Scope, out var value) is not true || value is null ? null
        : value is string { Length: > 0 } scope ? scope
        : throw new InferenceException(InferenceFailure.InvalidOption, $"The {InferenceProperties.Scope} of an embedding is a text that is not empty.");

    private static bool Choice(EmbeddingGenerationOptions? request, string name, string no, string yes)
    {
        if (request?.AdditionalProperties?.TryGetValue(name, out var value) is not true || value is null)
        {
            return false;
        }

        return value as string == yes || (value as string == no
            ? false
            : throw new InferenceException(InferenceFailure.InvalidOption, $"The {name} of an embedding is '{yes}' or '{no}', not '{value}'."));
    }
}
