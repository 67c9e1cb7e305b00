namespace Rag.Inference.Chat;

/// <summary>A rendered conversation.</summary>
/// <param name="Ids">Ends where the model's answer begins.</param>
/// <param name="StableLength">Tokens at the front that hold the system message: the part that an assistant's conversations share.</param>
/// <param name="Conversation">Requests of one conversation may reuse each other's keys and values.</param>
/// <param name="Scope">Conversations of one scope may reuse the system message's.</param>
internal sealed record PromptTokens(int[] Ids, int StableLength, string? Conversation, string? Scope);
