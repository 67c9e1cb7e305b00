using Microsoft.Extensions.AI;

namespace Rag.Inference.Chat;

/// <summary>
/// Reads a prompt before it is needed. From <c>chatClient.GetService&lt;IPromptWarmer&gt;()</c>; null where another server runs the model. Sent after an answer with the
/// conversation as the next request will repeat it, so that the next turn pays only for what is new in it.
/// </summary>
public interface IPromptWarmer
{
    /// <summary>
    /// Reads the messages while nobody waits for an answer, and gives up as soon as somebody does. Needs a <c>ConversationId</c>: nothing is read ahead for others.
    /// Ends when the model rests; nobody has to wait for it.
    /// </summary>
    /// <exception cref="InferenceException">As the request itself: InvalidOption, PromptTooLong or Unavailable.</exception>
    Task WarmAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken);
}
